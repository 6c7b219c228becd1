// Segments: blocks, footers, and whole segments in a store that is asked everything.

import Analytics
import EvtCore
import Query
import TestSupport

@testable import Columnar
@testable import Store

extension FuzzTarget {
  /// One block behind its number of rows. What is decoded of it, everybody may index by.
  static let block = FuzzTarget(
    name: "block",
    seeds: {
      try segmentBytes().flatMap { segment in
        let footer = segment.reader.footer
        return try footer.columns.indices.map { column in
          try rawBlock(segment, column, rows: footer.rowCount)
        }
      }
    }
  ) { bytes in
    guard bytes.count >= 2 else { return }
    let rows = 1 + Int(bytes[0]) + Int(bytes[1]) << 8
    let dictionary = TextList(["", "a", "DE", "page_view", "é"].map { Array($0.utf8) })
    for dictionary in [nil, dictionary] {
      var vector = ColumnVector()
      let raw = Array(bytes.dropFirst(2))
      do {
        try raw.withUnsafeBytes {
          try BlockCoding.decode($0, rowCount: rows, dictionary: dictionary, into: &vector)
        }
        try check(vector, rows: rows)
        let places = (0..<UInt32(rows)).filter { $0 % 3 == 1 }
        var picked = ColumnVector()
        try raw.withUnsafeBytes {
          try BlockCoding.decode(
            $0, rowCount: rows, at: places, dictionary: dictionary, into: &picked)
        }
        try check(picked, rows: places.count)
        if let member = ColumnVector(member: "a", of: vector) { try check(member, rows: rows) }
      } catch is MalformedBytes {}
    }
  }

  /// A footer. One that is accepted comes back as it is when written.
  static let footer = FuzzTarget(
    name: "footer", seeds: { try segmentBytes().map { FooterCoding.encode($0.reader.footer) } }
  ) { bytes in
    for dataEnd in [UInt64(8), 1 << 40] {
      guard let footer = try? decodeFooter(bytes, dataEnd: dataEnd) else { continue }
      let again = try decodeFooter(FooterCoding.encode(footer), dataEnd: dataEnd)
      try Finding.unless(
        FooterCoding.encode(again) == FooterCoding.encode(footer), "a footer changes")
    }
  }

  /// The number of bytes of a footer, the footer and the blocks of a segment. The checksums are
  /// made right, so that what stands behind them is tried: verify and all kinds of queries.
  static let segment = FuzzTarget(
    name: "segment",
    seeds: {
      try segmentBytes().map { segment in
        let footer = FooterCoding.encode(segment.reader.footer)
        let head = SegmentLayout.headMagic.count
        let data = segment.bytes[head..<Int(blocksEnd(segment.reader.footer))]
        return [UInt8(footer.count & 255), UInt8(footer.count >> 8)] + footer + data
      }
    }
  ) { bytes in
    guard bytes.count >= 2 else { return }
    let footerBytes = Int(bytes[0]) + Int(bytes[1]) << 8
    let rest = bytes.dropFirst(2)
    guard rest.count >= footerBytes else { return }
    let data = Array(rest.dropFirst(footerBytes))
    let dataEnd = UInt64(SegmentLayout.headMagic.count + data.count)
    guard let footer = try? decodeFooter(Array(rest.prefix(footerBytes)), dataEnd: dataEnd),
      // More rows take longer and try nothing else.
      footer.rowCount < 2_000
    else { return }
    try ask(sealed(footer, data))
  }

  // MARK: - Segments to begin with

  /// Two small segments with columns of every shape.
  private static func segmentBytes() throws -> [(bytes: [UInt8], reader: SegmentReader)] {
    try [3, 40].map { rows in
      var events = StoreScenario.events("log", count: rows, days: 1, seed: UInt64(rows))
      for index in events.indices {
        events[index].session = index % 3 == 0 ? nil : "s\(index / 4)"
        events[index].eventID = "00000000-0000-4000-8000-0000000000\(10 + index)"
      }
      let batch = EventBatch(events)
      let encoder = SegmentEncoder(
        day: UTCDay(containing: events[0].time), batches: [batch],
        rows: (0..<rows).map { RowReference(batch: 0, row: UInt32($0)) })
      let segment = encoder.assemble((0..<encoder.columnCount).map(encoder.encodeColumn))
      let reader = try SegmentReader(
        source: MemoryBlockSource(segment.bytes), fileBytes: segment.summary.fileBytes,
        footerHash: nil)
      return (segment.bytes, reader)
    }
  }

  private static func rawBlock(
    _ segment: (bytes: [UInt8], reader: SegmentReader), _ column: Int, rows: Int
  ) throws -> [UInt8] {
    let block = segment.reader.footer.columns[column].blocks[0]
    var raw = Array(segment.bytes[Int(block.offset)...].prefix(Int(block.storedBytes)))
    if block.isCompressed {
      raw = try LZ4Block.decompress(raw, rawBytes: Int(block.rawBytes))
    }
    return [UInt8((rows - 1) & 255), UInt8((rows - 1) >> 8)] + raw
  }

  private static func blocksEnd(_ footer: SegmentFooter) -> UInt64 {
    let blocks = footer.columns.flatMap { $0.blocks + ($0.dictionary.map { [$0] } ?? []) }
    return blocks.map { $0.offset + UInt64($0.storedBytes) }.max() ?? 0
  }

  private static func decodeFooter(_ bytes: [UInt8], dataEnd: UInt64) throws -> SegmentFooter {
    try bytes.withUnsafeBytes { raw in
      var decoder = FooterDecoder(raw, dataEnd: dataEnd)
      return try decoder.decode()
    }
  }

  // MARK: - What must hold

  /// Everything that scans rely on without looking.
  private static func check(_ vector: ColumnVector, rows: Int) throws {
    try Finding.unless(vector.rowCount == rows, "\(vector.rowCount) rows")
    try Finding.unless(
      vector.uniformKind != nil || vector.kinds.count == rows, "\(vector.kinds.count) kinds")
    for row in 0..<rows {
      let kind = vector.kind(row)
      if kind.isNumeric {
        try Finding.unless(vector.numbers.count == rows, "\(vector.numbers.count) numbers")
      } else if kind.isTextual {
        try Finding.unless(vector.codes.count == rows, "\(vector.codes.count) codes")
        try Finding.unless(vector.codes[row] < vector.texts.count, "a code beyond the texts")
      }
    }
    let ends = vector.texts.ends
    try Finding.unless(zip(ends, ends.dropFirst()).allSatisfy { $0 <= $1 }, "texts out of order")
    let runs = vector.runEnds
    try Finding.unless(
      runs.isEmpty
        || runs.last == UInt32(rows)
          && zip([0] + runs, runs).allSatisfy { $0 < $1 },
      "runs \(runs) of \(rows) rows")
    for (start, end) in zip([0] + runs, runs) {
      let isRun = (start..<end).allSatisfy { row in
        vector.kind(Int(row)) == vector.kind(Int(start))
          && (vector.codes.isEmpty || vector.codes[Int(row)] == vector.codes[Int(start)])
      }
      try Finding.unless(isRun, "a run of several values")
    }
  }

  /// The file of a segment with this footer and these blocks, with all checksums right.
  private static func sealed(
    _ footer: SegmentFooter, _ data: [UInt8]
  ) -> (bytes: [UInt8], summary: SegmentSummary) {
    let bytes = SegmentLayout.headMagic + data
    var footer = footer
    func seal(_ block: inout BlockReference) {
      let end = Int(block.offset) + Int(block.storedBytes)
      block.checksum = bytes[Int(block.offset)..<end].withUnsafeBytes { StableHash.crc32c($0) }
    }
    for column in footer.columns.indices {
      for block in footer.columns[column].blocks.indices {
        seal(&footer.columns[column].blocks[block])
      }
      if var dictionary = footer.columns[column].dictionary {
        seal(&dictionary)
        footer.columns[column].dictionary = dictionary
      }
    }
    let tail = SegmentTrailer.seal(footer: FooterCoding.encode(footer))
    let file = bytes + tail.bytes
    let summary = SegmentSummary(
      footer, fileBytes: UInt64(file.count), footerHash: tail.footerHash)
    return (file, summary)
  }

  /// Puts the segment into a store, checks it and asks it all kinds of questions.
  private static func ask(_ segment: (bytes: [UInt8], summary: SegmentSummary)) throws {
    let pool = WorkerPool(threads: 1)
    let files = try storeFiles(of: segment)
    let store: Store
    let snapshot: Snapshot
    do {
      store = try Store.open(files: files)
      snapshot = try store.snapshot()
    } catch is StoreError { return }
    _ = try checkStore(files: files, pool: pool)
    let questions = [
      "SELECT * FROM events",
      "SELECT event, count(), uniqExact(user_id), min(timestamp), sum(n) FROM events "
        + "WHERE event != 'x' GROUP BY event ORDER BY event",
      "SELECT page, input, count() FROM events WHERE n > 3 AND mixed = 1 GROUP BY page, input",
      "SELECT uniqExact(session_id), quantileExact(0.5)(n), max(extra) FROM events "
        + "WHERE timestamp >= '2026-01-01 12:30:00' AND user_id IN ('ann', 'bob')",
    ]
    for question in questions {
      try tolerant {
        var query = try SQLQuery(parsing: question, now: StoreScenario.noon)
        query.allowsMissing = true
        _ = try query.run(on: snapshot, pool: pool)
      }
    }
    try tolerant {
      var funnel = try FunnelQuery(parsing: "page_view,*[n > 1],purchase", now: StoreScenario.noon)
      funnel.breakdown = "page"
      funnel.allowsMissing = true
      _ = try funnel.run(on: snapshot, pool: pool)
    }
    for filter in ["n > 1", nil] {
      try tolerant {
        var cohort = CohortQuery(now: StoreScenario.noon)
        cohort.interval = .day
        cohort.filter = try filter.map { try Expression(parsing: $0) }
        cohort.allowsMissing = true
        _ = try cohort.run(on: snapshot, pool: pool)
      }
    }
    try tolerant {
      let trend = TrendQuery(of: ["page_view", "error"], now: StoreScenario.noon)
      _ = try trend.run(on: snapshot, pool: pool)
    }
  }

  /// Runs `body`, which may find that the segment is damaged, or that the question makes no sense.
  private static func tolerant(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch is StoreError {} catch is SegmentDamage {} catch is QueryError {
    } catch is AnalyticsError {}
  }

  /// A store of one run, whose only segment is replaced by this one.
  private static let template = Result {
    let files = FaultyFiles()
    try StoreScenario.ingest("log", rowsByDay: [0: 3], into: Store.create(files: files))
    return files
  }

  private static func storeFiles(
    of segment: (bytes: [UInt8], summary: SegmentSummary)
  ) throws -> FaultyFiles {
    let files = try template.get().after(.killed)
    let snapshot = try Store.open(files: files).snapshot()
    let generation = StoreLayout.generation(snapshot.generation)
    let bytes = files.contents[generation] ?? []
    var catalogue = try CatalogueDecoder.decode(bytes, path: generation).catalogue
    catalogue.segments[0].summary = segment.summary
    try files.overwrite(generation, with: catalogue.encoded().bytes)
    let old = snapshot.segments[0].path
    let name = StoreLayout.segment(day: segment.summary.day, id: catalogue.segments[0].id)
    if name != old { try files.rename(old, to: name) }
    try files.overwrite(name, with: segment.bytes)
    return files
  }
}
