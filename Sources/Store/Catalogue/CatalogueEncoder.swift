// A catalogue generation to bytes.

import Columnar
import EvtCore

extension Catalogue {
  /// The bytes of this generation's file and their trailing hash. Equal catalogues give equal bytes.
  func encoded() -> (bytes: [UInt8], hash: Hash128) {
    let body = encodedBody()
    var file = ByteWriter()
    file.raw(CatalogueFormat.magic)
    file.fixed(UInt64(CatalogueFormat.version), count: 4)
    file.fixed(0, count: 4)
    file.fixed(UInt64(body.count), count: 8)
    file.raw(body)
    let hash = file.bytes.withUnsafeBytes { Hash128(of: $0) }
    file.hash(hash)
    return (file.bytes, hash)
  }

  private func encodedBody() -> [UInt8] {
    let table = NameTable(of: self)
    var body = ByteWriter()
    body.varint(generation)
    body.hash(previousHash)
    body.varint(nextSegment)
    body.varint(nextRun)
    body.count(CatalogueFormat.Section.allCases.count + extensions.count)
    for section in CatalogueFormat.Section.allCases {
      let content = encoded(section, table)
      body.varint(section.rawValue)
      body.varint(CatalogueFormat.critical)
      body.count(content.count)
      body.raw(content)
    }
    for section in extensions {
      body.varint(section.kind)
      body.varint(CatalogueFormat.carried)
      body.count(section.bytes.count)
      body.raw(section.bytes)
    }
    return body.bytes
  }

  private func encoded(_ section: CatalogueFormat.Section, _ table: NameTable) -> [UInt8] {
    var writer = ByteWriter()
    switch section {
    case .names:
      writer.count(table.names.count)
      for name in table.names { writer.text(name.text) }
    case .segments:
      writer.count(segments.count)
      for segment in segments { Self.encode(segment, table, &writer) }
    case .ledger:
      writer.count(ledger.count)
      for entry in ledger { Self.encode(entry, &writer) }
    case .events:
      writer.varint(names.hasAllEvents ? 1 : 0)
      Self.encode(names.events, table, &writer)
    case .fields:
      writer.varint(names.hasAllFields ? 1 : 0)
      Self.encode(names.fields, table, &writer)
    case .retention:
      writer.varint(retainWatermark == nil ? 0 : 1)
      if let retainWatermark { writer.zigzag(Int64(retainWatermark.number)) }
    }
    return writer.bytes
  }

  private static func encode(
    _ segment: StoredSegment, _ table: NameTable, _ writer: inout ByteWriter
  ) {
    let summary = segment.summary
    writer.zigzag(Int64(summary.day.number))
    writer.varint(segment.id)
    writer.varint(segment.run)
    writer.varint(summary.rowCount)
    writer.varint(summary.rowsWithoutUser)
    writer.varint(summary.userCount)
    writer.zigzag(summary.minTime)
    writer.zigzag(summary.maxTime)
    writer.varint(summary.fileBytes)
    writer.hash(summary.footerHash)
    writer.varint(summary.events == nil ? 0 : 1)
    if let events = summary.events { encode(events, table, &writer) }
    encode(summary.fields, table, &writer)
  }

  private static func encode(
    _ events: [SegmentSummary.Event], _ table: NameTable, _ writer: inout ByteWriter
  ) {
    writer.count(events.count)
    for event in events {
      writer.count(table.index(of: event.name))
      writer.varint(event.count)
    }
  }

  private static func encode(
    _ fields: [SegmentSummary.Field], _ table: NameTable, _ writer: inout ByteWriter
  ) {
    writer.count(fields.count)
    for field in fields {
      writer.count(table.index(of: field.path))
      writer.fixed(UInt64(field.role.rawValue), count: 1)
      writer.fixed(UInt64(field.kinds.rawValue), count: 1)
    }
  }

  private static func encode(_ entry: LedgerEntry, _ writer: inout ByteWriter) {
    let source = entry.source
    writer.text(source.name)
    writer.varint(source.content.bytes)
    writer.hash(source.content.hash)
    writer.hash(source.content.prefixHash)
    writer.varint(source.storedBytes)
    writer.varint(source.storedHash == nil ? 0 : 1)
    if let storedHash = source.storedHash { writer.hash(storedHash) }
    writer.varint(source.device)
    writer.varint(source.inode)
    writer.varint(source.rows)
    writer.varint(source.rejected)
    writer.varint(source.lines)
    writer.varint(entry.run)
    writer.varint(entry.generation)
    writer.varint(entry.ordinal == nil ? 0 : 1)
    if let ordinal = entry.ordinal { writer.varint(ordinal) }
  }
}

/// The distinct names of a catalogue in byte order; segments refer to them by index.
private struct NameTable {
  let names: [ByteText]
  private let indices: [ByteText: Int]

  init(of catalogue: Catalogue) {
    var distinct: Set<ByteText> = []
    for event in catalogue.names.events { distinct.insert(ByteText(event.name)) }
    for field in catalogue.names.fields { distinct.insert(ByteText(field.path)) }
    for segment in catalogue.segments {
      for event in segment.summary.events ?? [] { distinct.insert(ByteText(event.name)) }
      for field in segment.summary.fields { distinct.insert(ByteText(field.path)) }
    }
    names = distinct.sorted()
    var indices: [ByteText: Int] = [:]
    for (index, name) in names.enumerated() { indices[name] = index }
    self.indices = indices
  }

  func index(of name: String) -> Int {
    guard let index = indices[ByteText(name)] else {
      preconditionFailure("BUG: a name that is not in the table")
    }
    return index
  }
}
