// A catalogue generation to bytes.

import Columnar
import EvtCore

extension Catalogue {
  /// The bytes of this generation's file and their trailing hash. Equal catalogues give equal
  /// bytes.
  func encoded() -> (bytes: [UInt8], hash: Hash128) {
    CatalogueFormat.frame.wrap(encodedBody())
  }

  private func encodedBody() -> [UInt8] {
    let table = NameTable(of: self)
    var body = ByteWriter()
    body.appendVarint(generation)
    body.append(previousHash)
    body.appendVarint(nextSegment)
    body.appendVarint(nextRun)
    let sections = CatalogueFormat.Section.allCases.filter { $0 != .rollups || !rollups.isEmpty }
    body.appendCount(sections.count + extensions.count)
    for section in sections {
      let content = encoded(section, table)
      body.appendVarint(section.rawValue)
      body.appendVarint(CatalogueFormat.critical)
      body.appendCount(content.count)
      body.append(content)
    }
    for section in extensions {
      body.appendVarint(section.kind)
      body.appendVarint(CatalogueFormat.carried)
      body.appendCount(section.bytes.count)
      body.append(section.bytes)
    }
    return body.bytes
  }

  private func encoded(_ section: CatalogueFormat.Section, _ table: NameTable) -> [UInt8] {
    var writer = ByteWriter()
    switch section {
    case .names:
      writer.appendCount(table.names.count)
      for name in table.names { writer.appendText(name.text) }
    case .segments:
      writer.appendCount(segments.count)
      for segment in segments { Self.encode(segment, table, &writer) }
    case .ledger:
      writer.appendCount(ledger.count)
      for entry in ledger { Self.encode(entry, &writer) }
    case .events:
      writer.append(flag: names.hasAllEvents)
      Self.encode(names.events, table, &writer)
    case .fields:
      writer.append(flag: names.hasAllFields)
      Self.encode(names.fields, table, &writer)
    case .retention:
      writer.append(flag: retention != nil)
      if let retention {
        writer.appendZigzag(Int64(retention.watermark.number))
        writer.appendVarint(retention.generation)
      }
    case .rollups:
      writer.appendCount(rollups.count)
      for rollup in rollups { Self.encode(rollup, &writer) }
    }
    return writer.bytes
  }

  private static func encode(
    _ segment: StoredSegment, _ table: NameTable, _ writer: inout ByteWriter
  ) {
    let summary = segment.summary
    writer.appendZigzag(Int64(summary.day.number))
    writer.appendVarint(segment.id)
    writer.appendCount(segment.runs.count)
    for run in segment.runs { writer.appendVarint(run) }
    writer.appendVarint(summary.rowCount)
    writer.appendVarint(summary.rowsWithoutUser)
    writer.appendVarint(summary.userCount)
    writer.appendZigzag(summary.minTime)
    writer.appendZigzag(summary.maxTime)
    writer.appendVarint(summary.fileBytes)
    writer.append(summary.footerHash)
    writer.append(flag: summary.events != nil)
    if let events = summary.events { encode(events, table, &writer) }
    encode(summary.fields, table, &writer)
  }

  private static func encode(
    _ events: [SegmentSummary.Event], _ table: NameTable, _ writer: inout ByteWriter
  ) {
    writer.appendCount(events.count)
    for event in events {
      writer.appendCount(table.index(of: event.name))
      writer.appendVarint(event.count)
    }
  }

  private static func encode(
    _ fields: [SegmentSummary.Field], _ table: NameTable, _ writer: inout ByteWriter
  ) {
    writer.appendCount(fields.count)
    for field in fields {
      writer.appendCount(table.index(of: field.path))
      writer.append(field.role.rawValue)
      writer.append(field.kinds.rawValue)
    }
  }

  private static func encode(_ rollup: StoredRollup, _ writer: inout ByteWriter) {
    let summary = rollup.summary
    writer.appendZigzag(Int64(summary.day.number))
    writer.appendVarint(rollup.id)
    writer.appendVarint(summary.rowCount)
    writer.appendZigzag(summary.minTime)
    writer.appendZigzag(summary.maxTime)
    writer.appendVarint(summary.fileBytes)
    writer.append(summary.hash)
  }

  private static func encode(_ entry: LedgerEntry, _ writer: inout ByteWriter) {
    let source = entry.source
    writer.appendText(source.name)
    writer.appendVarint(source.content.bytes)
    writer.append(source.content.hash)
    writer.append(source.content.prefixHash)
    writer.appendVarint(source.storedBytes)
    writer.append(flag: source.storedHash != nil)
    if let storedHash = source.storedHash { writer.append(storedHash) }
    writer.appendVarint(source.device)
    writer.appendVarint(source.inode)
    writer.appendVarint(source.rows)
    writer.appendVarint(source.duplicates)
    writer.appendVarint(source.rejected)
    writer.appendVarint(source.lines)
    writer.append(flag: source.continues != nil)
    if let continues = source.continues { writer.append(continues) }
    writer.appendVarint(entry.run)
    writer.appendVarint(entry.generation)
    writer.append(flag: entry.ordinal != nil)
    if let ordinal = entry.ordinal { writer.appendVarint(ordinal) }
  }
}

extension ByteWriter {
  /// Appends a count or an index, which is never negative.
  fileprivate mutating func appendCount(_ count: Int) { appendVarint(UInt64(count)) }

  fileprivate mutating func append(flag: Bool) { append(flag ? 1 as UInt8 : 0) }

  fileprivate mutating func append(_ raw: [UInt8]) {
    raw.withUnsafeBytes { append(contentsOf: $0) }
  }
}

/// The distinct names of a catalogue in byte order; segments refer to them by index.
private struct NameTable {
  let names: [ExactText]
  private let indices: [ExactText: Int]

  init(of catalogue: Catalogue) {
    var distinct: Set<ExactText> = []
    for event in catalogue.names.events { distinct.insert(ExactText(event.name)) }
    for field in catalogue.names.fields { distinct.insert(ExactText(field.path)) }
    for segment in catalogue.segments {
      for event in segment.summary.events ?? [] { distinct.insert(ExactText(event.name)) }
      for field in segment.summary.fields { distinct.insert(ExactText(field.path)) }
    }
    names = distinct.sorted()
    var indices: [ExactText: Int] = [:]
    for (index, name) in names.enumerated() { indices[name] = index }
    self.indices = indices
  }

  func index(of name: String) -> Int {
    guard let index = indices[ExactText(name)] else {
      preconditionFailure("BUG: a name that is not in the table")
    }
    return index
  }
}
