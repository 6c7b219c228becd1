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
      let (body, hash) = try openFrame(bytes, path: path)
      var reader = ByteReader(body)
      let catalogue = try decodeBody(&reader, path: path)
      return LoadedCatalogue(catalogue: catalogue, hash: hash)
    } catch let failure as DecodingFailure {
      throw StoreError.damaged(path: path, what: failure.what)
    }
  }

  private static func openFrame(
    _ bytes: [UInt8], path: String
  ) throws -> (body: ArraySlice<UInt8>, hash: Hash128) {
    let frameBytes = CatalogueFormat.headerBytes + CatalogueFormat.trailerBytes
    guard bytes.count >= frameBytes else { throw DecodingFailure("it is too short") }
    guard bytes.count <= Limits.catalogueBytesMax else { throw DecodingFailure("it is too long") }
    var header = ByteReader(bytes[..<CatalogueFormat.headerBytes])
    guard try header.raw(8).elementsEqual(CatalogueFormat.magic) else {
      throw DecodingFailure("it does not begin like a catalogue")
    }
    let version = try header.fixed(count: 4)
    let reserved = try header.fixed(count: 4)
    guard version <= CatalogueFormat.version else {
      throw StoreError.newerFormat(
        path: path, found: "\(version)", supported: "\(CatalogueFormat.version)")
    }
    guard version == CatalogueFormat.version, reserved == 0 else {
      throw DecodingFailure("its header is malformed")
    }
    guard try header.fixed(count: 8) == UInt64(bytes.count - frameBytes) else {
      throw DecodingFailure("its length is not the one in its header")
    }
    let end = bytes.count - CatalogueFormat.trailerBytes
    let hash = bytes[..<end].withUnsafeBytes { Hash128(of: $0) }
    var trailer = ByteReader(bytes[end...])
    guard try trailer.hash() == hash else { throw DecodingFailure("its checksum is wrong") }
    return (bytes[CatalogueFormat.headerBytes..<end], hash)
  }

  private static func decodeBody(_ reader: inout ByteReader, path: String) throws -> Catalogue {
    var catalogue = Catalogue()
    catalogue.generation = try reader.varint()
    catalogue.previousHash = try reader.hash()
    catalogue.nextSegment = try reader.varint()
    catalogue.nextRun = try reader.varint()
    var known = CatalogueFormat.Section.allCases[...]
    var names: [String] = []
    for _ in 0..<(try reader.count(bytesEach: 3)) {
      let kind = try reader.varint()
      let flags = try reader.varint()
      let length = try reader.count(bytesEach: 1)
      let content = try reader.raw(length)
      if let section = CatalogueFormat.Section(rawValue: kind) {
        guard section == known.popFirst() else { throw DecodingFailure("its sections are mixed up") }
        var inner = ByteReader(content)
        try decode(section, &inner, &names, into: &catalogue)
        try inner.requireEnd()
      } else if flags & CatalogueFormat.critical != 0 {
        throw StoreError.newerFormat(
          path: path, found: "section \(kind)", supported: "\(CatalogueFormat.version)")
      } else if flags & CatalogueFormat.carried != 0 {
        catalogue.extensions.append(CatalogueExtension(kind: kind, bytes: Array(content)))
      }
    }
    guard known.isEmpty else { throw DecodingFailure("a section is missing") }
    try reader.requireEnd()
    try check(catalogue)
    return catalogue
  }

  private static func decode(
    _ section: CatalogueFormat.Section, _ reader: inout ByteReader, _ names: inout [String],
    into catalogue: inout Catalogue
  ) throws {
    switch section {
    case .names:
      names = try list(&reader, bytesEach: 1) { try $0.text() }
    case .segments:
      catalogue.segments = try list(&reader, bytesEach: 27) { try segment(&$0, names) }
    case .ledger:
      catalogue.ledger = try list(&reader, bytesEach: 44) { try ledgerEntry(&$0) }
    case .events:
      catalogue.names.hasAllEvents = try reader.flag()
      catalogue.names.events = try events(&reader, names)
    case .fields:
      catalogue.names.hasAllFields = try reader.flag()
      catalogue.names.fields = try fields(&reader, names)
    case .retention:
      catalogue.retainWatermark = try reader.flag() ? try day(&reader) : nil
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
    let id = try reader.varint()
    let run = try reader.varint()
    let rowCount = try reader.varint()
    let rowsWithoutUser = try reader.varint()
    let userCount = try reader.varint()
    let minTime = try reader.zigzag()
    let maxTime = try reader.zigzag()
    let fileBytes = try reader.varint()
    let footerHash = try reader.hash()
    let events = try reader.flag() ? try events(&reader, names) : nil
    let fields = try fields(&reader, names)
    return StoredSegment(
      id: id, run: run,
      summary: SegmentSummary(
        day: day, rowCount: rowCount, rowsWithoutUser: rowsWithoutUser, userCount: userCount,
        minTime: minTime, maxTime: maxTime, fileBytes: fileBytes, footerHash: footerHash,
        events: events, fields: fields))
  }

  private static func events(
    _ reader: inout ByteReader, _ names: [String]
  ) throws -> [SegmentSummary.Event] {
    try list(&reader, bytesEach: 2) { reader in
      SegmentSummary.Event(name: try name(&reader, names), count: try reader.varint())
    }
  }

  private static func fields(
    _ reader: inout ByteReader, _ names: [String]
  ) throws -> [SegmentSummary.Field] {
    try list(&reader, bytesEach: 3) { reader in
      let path = try name(&reader, names)
      guard let role = ColumnRole(rawValue: try reader.byte()) else {
        throw DecodingFailure("it holds an unknown column role")
      }
      return SegmentSummary.Field(
        path: path, role: role, kinds: ValueKinds(rawValue: try reader.byte()))
    }
  }

  private static func ledgerEntry(_ reader: inout ByteReader) throws -> LedgerEntry {
    let name = try reader.text()
    let content = SourceContent(
      bytes: try reader.varint(), hash: try reader.hash(), prefixHash: try reader.hash())
    let storedBytes = try reader.varint()
    let storedHash = try reader.flag() ? try reader.hash() : nil
    let source = SourceRecord(
      name: name, content: content, storedBytes: storedBytes, storedHash: storedHash,
      device: try reader.varint(), inode: try reader.varint(), rows: try reader.varint(),
      rejected: try reader.varint(), lines: try reader.varint())
    let run = try reader.varint()
    let generation = try reader.varint()
    let ordinal = try reader.flag() ? try reader.varint() : nil
    return LedgerEntry(source: source, run: run, generation: generation, ordinal: ordinal)
  }

  private static func name(_ reader: inout ByteReader, _ names: [String]) throws -> String {
    let index = try reader.varint()
    guard index < UInt64(names.count) else { throw DecodingFailure("it refers to a missing name") }
    return names[Int(index)]
  }

  private static func day(_ reader: inout ByteReader) throws -> UTCDay {
    guard let number = Int32(exactly: try reader.zigzag()) else {
      throw DecodingFailure("it holds a day out of range")
    }
    return UTCDay(number: number)
  }

  /// Checks what the rest of evt relies on, so that even a wrong catalogue with a right checksum is
  /// an error and not a trap.
  private static func check(_ catalogue: Catalogue) throws {
    // Counters so low that counting on never overflows.
    guard max(catalogue.generation, catalogue.nextSegment, catalogue.nextRun) < 1 << 60 else {
      throw DecodingFailure("its counters are impossible")
    }
    var previous: StoredSegment?
    for segment in catalogue.segments {
      let summary = segment.summary
      guard summary.rowCount > 0, summary.rowCount <= UInt64(Limits.segmentRowsMax),
        summary.rowsWithoutUser <= summary.rowCount, summary.userCount <= summary.rowCount,
        summary.fileBytes <= UInt64(Int64.max),
        summary.minTime <= summary.maxTime, UTCDay(containing: summary.minTime) == summary.day,
        UTCDay(containing: summary.maxTime) == summary.day
      else { throw DecodingFailure("segment \(segment.id) has an impossible summary") }
      guard segment.id < catalogue.nextSegment, segment.run < catalogue.nextRun else {
        throw DecodingFailure("segment \(segment.id) is numbered wrongly")
      }
      if let previous, !precedes(previous, segment) {
        throw DecodingFailure("its segments are out of order")
      }
      previous = segment
    }
    guard Set(catalogue.segments.map(\.id)).count == catalogue.segments.count else {
      throw DecodingFailure("two of its segments have the same number")
    }
  }
}

/// Whether segments stand in the order of the catalogue.
func precedes(_ left: StoredSegment, _ right: StoredSegment) -> Bool {
  (left.summary.day, left.id) < (right.summary.day, right.id)
}
