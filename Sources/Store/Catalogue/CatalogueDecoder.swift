// Bytes to a catalogue generation, for bytes that may be anything.

import Columnar
import EvtCore

/// Decodes the file of a catalogue generation.
enum CatalogueDecoder {
  /// Decodes `bytes`.
  /// - Parameter path: the file, for messages.
  /// - Throws: `StoreError.damaged` or `.newerFormat`.
  static func decode(_ bytes: [UInt8], path: String) throws -> LoadedCatalogue {
    do {
      return try bytes.withUnsafeBytes { bytes in
        let (body, hash) = try CatalogueFormat.frame.unwrap(bytes, path: path)
        var reader = ByteReader(body)
        return LoadedCatalogue(catalogue: try decodeBody(&reader, path: path), hash: hash)
      }
    } catch let malformed as MalformedBytes {
      throw StoreError.damaged(path: path, what: malformed.what)
    }
  }

  private static func decodeBody(_ reader: inout ByteReader, path: String) throws -> Catalogue {
    var catalogue = Catalogue()
    catalogue.generation = try reader.readVarint()
    catalogue.previousHash = try reader.readHash()
    catalogue.nextSegment = try reader.readVarint()
    catalogue.nextRun = try reader.readVarint()
    var known = CatalogueFormat.Section.allCases[...]
    var names: [String] = []
    for _ in 0..<(try reader.count(bytesEach: 3)) {
      let kind = try reader.readVarint()
      let flags = try reader.readVarint()
      let length = try reader.count(bytesEach: 1)
      let content = try reader.take(length)
      if let section = CatalogueFormat.Section(rawValue: kind) {
        guard section == known.popFirst() else {
          throw reader.malformed("its sections are mixed up")
        }
        var inner = ByteReader(content)
        try decode(section, &inner, &names, into: &catalogue)
        try inner.requireEnd()
      } else if flags & CatalogueFormat.critical != 0 {
        throw StoreError.newerFormat(
          path: path, found: "section \(kind)", supported: "\(CatalogueFormat.frame.version)")
      } else if flags & CatalogueFormat.carried != 0 {
        catalogue.extensions.append(CatalogueExtension(kind: kind, bytes: Array(content)))
      }
    }
    guard known.isEmpty || known == [.rollups] else {
      throw reader.malformed("a section is missing")
    }
    try reader.requireEnd()
    try check(catalogue, reader)
    return catalogue
  }

  private static func decode(
    _ section: CatalogueFormat.Section, _ reader: inout ByteReader, _ names: inout [String],
    into catalogue: inout Catalogue
  ) throws {
    switch section {
    case .names:
      names = try list(&reader, bytesEach: 1) { try $0.readText(atMost: Limits.catalogueBytesMax) }
    case .segments:
      catalogue.segments = try list(&reader, bytesEach: 28) { try segment(&$0, names) }
    case .ledger:
      catalogue.ledger = try list(&reader, bytesEach: 45) { try ledgerEntry(&$0) }
    case .events:
      catalogue.names.hasAllEvents = try reader.flag()
      catalogue.names.events = try events(&reader, names)
    case .fields:
      catalogue.names.hasAllFields = try reader.flag()
      catalogue.names.fields = try fields(&reader, names)
    case .retention:
      guard try reader.flag() else { return }
      catalogue.retention = Retention(
        watermark: try day(&reader), generation: try reader.readVarint())
    case .rollups:
      catalogue.rollups = try list(&reader, bytesEach: 22) { try rollup(&$0) }
    }
  }

  private static func list<Element>(
    _ reader: inout ByteReader, bytesEach: Int,
    _ element: (inout ByteReader) throws -> Element
  ) throws -> [Element] {
    let count = try reader.count(bytesEach: bytesEach)
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try element(&reader)) }
    return elements
  }

  private static func segment(
    _ reader: inout ByteReader, _ names: [String]
  ) throws -> StoredSegment {
    let day = try day(&reader)
    let id = try reader.readVarint()
    let runs = try list(&reader, bytesEach: 1) { try $0.readVarint() }
    let rowCount = try reader.readVarint()
    let rowsWithoutUser = try reader.readVarint()
    let userCount = try reader.readVarint()
    let minTime = try reader.readZigzag()
    let maxTime = try reader.readZigzag()
    let fileBytes = try reader.readVarint()
    let footerHash = try reader.readHash()
    let events = try reader.flag() ? try events(&reader, names) : nil
    let fields = try fields(&reader, names)
    return StoredSegment(
      id: id, runs: runs,
      summary: SegmentSummary(
        day: day, rowCount: rowCount, rowsWithoutUser: rowsWithoutUser, userCount: userCount,
        minTime: minTime, maxTime: maxTime, fileBytes: fileBytes, footerHash: footerHash,
        events: events, fields: fields))
  }

  private static func rollup(_ reader: inout ByteReader) throws -> StoredRollup {
    let day = try day(&reader)
    return StoredRollup(
      id: try reader.readVarint(),
      summary: RollupSummary(
        day: day, rowCount: try reader.readVarint(), minTime: try reader.readZigzag(),
        maxTime: try reader.readZigzag(), fileBytes: try reader.readVarint(),
        hash: try reader.readHash()))
  }

  private static func events(
    _ reader: inout ByteReader, _ names: [String]
  ) throws -> [SegmentSummary.Event] {
    try list(&reader, bytesEach: 2) { reader in
      SegmentSummary.Event(name: try name(&reader, names), count: try reader.readVarint())
    }
  }

  private static func fields(
    _ reader: inout ByteReader, _ names: [String]
  ) throws -> [SegmentSummary.Field] {
    try list(&reader, bytesEach: 3) { reader in
      let path = try name(&reader, names)
      guard let role = ColumnRole(rawValue: try reader.read()) else {
        throw reader.malformed("it holds an unknown column role")
      }
      return SegmentSummary.Field(
        path: path, role: role, kinds: ValueKinds(rawValue: try reader.read()))
    }
  }

  private static func ledgerEntry(_ reader: inout ByteReader) throws -> LedgerEntry {
    let name = try reader.readText(atMost: Limits.catalogueBytesMax)
    let content = SourceContent(
      bytes: try reader.readVarint(), hash: try reader.readHash(), prefixHash: try reader.readHash()
    )
    let storedBytes = try reader.readVarint()
    let storedHash = try reader.flag() ? try reader.readHash() : nil
    let source = SourceRecord(
      name: name, content: content, storedBytes: storedBytes, storedHash: storedHash,
      device: try reader.readVarint(), inode: try reader.readVarint(),
      rows: try reader.readVarint(), duplicates: try reader.readVarint(),
      rejected: try reader.readVarint(), lines: try reader.readVarint(),
      continues: try reader.flag() ? try reader.readHash() : nil)
    let run = try reader.readVarint()
    let generation = try reader.readVarint()
    let ordinal = try reader.flag() ? try reader.readVarint() : nil
    return LedgerEntry(source: source, run: run, generation: generation, ordinal: ordinal)
  }

  private static func name(_ reader: inout ByteReader, _ names: [String]) throws -> String {
    let index = try reader.readVarint()
    guard index < UInt64(names.count) else { throw reader.malformed("it refers to a missing name") }
    return names[Int(index)]
  }

  private static func day(_ reader: inout ByteReader) throws -> UTCDay {
    guard let number = Int32(exactly: try reader.readZigzag()) else {
      throw reader.malformed("it holds a day out of range")
    }
    return UTCDay(number: number)
  }

  /// Checks what the rest of evt relies on, so that even a wrong catalogue with a right checksum is
  /// an error and not a trap.
  private static func check(_ catalogue: Catalogue, _ reader: ByteReader) throws {
    // Counters so low that counting on never overflows.
    guard max(catalogue.generation, catalogue.nextSegment, catalogue.nextRun) < 1 << 60 else {
      throw reader.malformed("its counters are impossible")
    }
    guard catalogue.retention.map({ $0.generation <= catalogue.generation }) ?? true else {
      throw reader.malformed("its retention is of a later generation")
    }
    var previous: StoredSegment?
    for segment in catalogue.segments {
      let summary = segment.summary
      guard summary.rowCount > 0, summary.rowCount <= UInt64(Limits.segmentRowsMax),
        summary.rowsWithoutUser <= summary.rowCount, summary.userCount <= summary.rowCount,
        summary.fileBytes <= UInt64(Int64.max),
        summary.minTime <= summary.maxTime, UTCDay(containing: summary.minTime) == summary.day,
        UTCDay(containing: summary.maxTime) == summary.day
      else { throw reader.malformed("segment \(segment.id) has an impossible summary") }
      guard segment.id < catalogue.nextSegment,
        let firstRun = segment.runs.first, let lastRun = segment.runs.last, firstRun > 0,
        lastRun < catalogue.nextRun, zip(segment.runs, segment.runs.dropFirst()).allSatisfy(<)
      else { throw reader.malformed("segment \(segment.id) is numbered wrongly") }
      if let previous, !precedes(previous, segment) {
        throw reader.malformed("its segments are out of order")
      }
      previous = segment
    }
    try check(catalogue.rollups, of: catalogue, reader)
    let numbers = catalogue.segments.map(\.id) + catalogue.rollups.map(\.id)
    guard Set(numbers).count == numbers.count else {
      throw reader.malformed("two of its segments have the same number")
    }
  }

  private static func check(
    _ rollups: [StoredRollup], of catalogue: Catalogue, _ reader: ByteReader
  ) throws {
    for rollup in rollups {
      let summary = rollup.summary
      guard summary.rowCount > 0, rollup.id < catalogue.nextSegment,
        summary.fileBytes <= UInt64(Limits.rollupBytesMax), summary.minTime <= summary.maxTime,
        UTCDay(containing: summary.minTime) == summary.day,
        UTCDay(containing: summary.maxTime) == summary.day
      else { throw reader.malformed("its rollup of \(summary.day.description) is impossible") }
    }
    guard zip(rollups, rollups.dropFirst()).allSatisfy({ $0.summary.day < $1.summary.day }) else {
      throw reader.malformed("its rollups are out of order")
    }
    if let last = rollups.last?.summary.day, last >= catalogue.retention?.watermark ?? last {
      throw reader.malformed("it has a rollup of a day that has not expired")
    }
  }
}

extension ByteReader {
  /// Reads the number of elements of at least `bytesEach` bytes that follow.
  fileprivate mutating func count(bytesEach: Int) throws(MalformedBytes) -> Int {
    try readCount("number of elements", atMost: remaining / bytesEach)
  }

  fileprivate mutating func flag() throws(MalformedBytes) -> Bool {
    let value: UInt8 = try read()
    guard value <= 1 else { throw malformed("a flag is neither 0 nor 1") }
    return value == 1
  }

  fileprivate func requireEnd() throws(MalformedBytes) {
    guard remaining == 0 else { throw malformed("bytes are left over") }
  }
}

/// Whether segments stand in the order of the catalogue.
func precedes(_ left: StoredSegment, _ right: StoredSegment) -> Bool {
  (left.summary.day, left.id) < (right.summary.day, right.id)
}
