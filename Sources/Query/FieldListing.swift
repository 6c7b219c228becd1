// What fields there are: `evt query --fields`.

import Columnar
import EvtCore

/// Every field with the kinds of its values, how often it has one, what it takes on disk, and
/// examples.
public struct FieldListing: Sendable {
  /// Only segments that overlap it are looked at.
  public var range: TimeRange

  /// Creates a listing.
  public init(range: TimeRange = .all) { self.range = range }

  /// The columns of its rows: rows with a value, their share of all rows in percent, bytes on disk
  /// (null for fields in the overflow column), distinct texts (null unless known exactly), and up
  /// to three values as a JSON array.
  public static let columns = [
    "field", "kinds", "rows", "fill", "stored_bytes", "distinct", "examples",
  ]

  /// Examples of a field.
  static let examplesMax = 3
  /// Texts of a field up to which distinct ones are counted.
  static let distinctMax = 1 << 16
  /// Bytes beyond which a value is no example.
  static let exampleBytesMax = 256

  /// Lists the fields: canonical ones first, the others by path.
  /// - Throws: the errors of `source`.
  public func run(on source: any QuerySource, pool: WorkerPool) throws -> ResultTable {
    let summaries = source.summaries
    let wanted = summaries.indices.filter {
      range.overlaps(least: summaries[$0].minTime, greatest: summaries[$0].maxTime)
    }
    let found = try pool.map(count: wanted.count) { number in
      try source.reading(segment: wanted[number]) { try SegmentFields($0) }
    }
    var fields: [FieldKey: FieldFacts] = [:]
    for (index, segment) in zip(wanted, found) {
      for (key, facts) in segment.fields {
        fields[key, default: FieldFacts()].add(facts, segment: index)
      }
    }
    let keys = fields.keys.sorted()
    let facts = keys.compactMap { fields[$0] }
    let examples = try pool.map(count: keys.count) { number in
      try Self.examples(of: keys[number], facts[number], source)
    }
    let rowCount = wanted.reduce(0) { $0 + summaries[$1].rowCount }
    return ResultTable(
      columns: Self.columns,
      rows: keys.indices.map { facts[$0].row(keys[$0], rowCount: rowCount, examples[$0]) })
  }

  /// The first values of the latest and of the first segment that have any.
  private static func examples(
    of key: FieldKey, _ facts: FieldFacts, _ source: any QuerySource
  ) throws -> [String] {
    var examples = facts.examples
    let opened = Set([facts.segments.first, facts.segments.last].compactMap { $0 })
    for index in opened.sorted(by: >) where examples.count < examplesMax {
      try source.reading(segment: index) { reader in
        let column =
          key.role == .property
          ? reader.propertyColumn(key.name) : reader.footer.column(role: key.role)
        guard let column else { return }
        var vector = ColumnVector()
        try reader.decode(column: column, block: 0, into: &vector)
        addExamples(&examples, vector, isTime: key.role == .timestamp)
      }
    }
    return examples
  }

  private static func addExamples(
    _ examples: inout [String], _ vector: ColumnVector, isTime: Bool
  ) {
    for row in 0..<vector.rowCount {
      if examples.count == examplesMax { return }
      let kind = vector.kind(row)
      if kind == .absent || kind == .null { continue }
      var json = JSONWriter()
      if isTime {
        json.append(quoted: TimeText.format(vector.numbers[row]).utf8)
      } else {
        json.append(vector, row: row)
      }
      add(json, to: &examples)
    }
  }

  fileprivate static func add(_ json: JSONWriter, to examples: inout [String]) {
    let example = String(decoding: json.bytes, as: UTF8.self)
    if examples.count < examplesMax, json.bytes.count <= exampleBytesMax,
      !examples.contains(example)
    {
      examples.append(example)
    }
  }
}

/// A field by name; canonical ones come first.
private struct FieldKey: Hashable, Comparable {
  var path: ExactText
  var role: ColumnRole

  init(name: String, role: ColumnRole) {
    path = ExactText(name)
    self.role = role
  }

  var name: String { path.text }

  static func < (left: FieldKey, right: FieldKey) -> Bool {
    func rank(_ key: FieldKey) -> Int {
      FieldCatalog.canonicalRoles.firstIndex(of: key.role) ?? FieldCatalog.canonicalRoles.count
    }
    if rank(left) != rank(right) { return rank(left) < rank(right) }
    return left.path < right.path
  }
}

/// What one segment says of its fields.
private struct SegmentFields: Sendable {
  struct Facts: Sendable {
    var kindCounts = [UInt64](repeating: 0, count: ValueKind.allCases.count)
    var storedBytes: UInt64?
    /// All texts of the field; nil when they are not known, or when it has other values.
    var texts: TextList?
    /// Examples of fields in the overflow column, as JSON.
    var examples: [String] = []

    /// Whether a row has a value.
    var hasValues: Bool { kindCounts.dropFirst(2).contains { $0 > 0 } }
  }

  private(set) var fields: [FieldKey: Facts] = [:]

  init(_ reader: SegmentReader) throws {
    for (index, column) in reader.footer.columns.enumerated() {
      switch column.role {
      case .source, .run: continue
      case .overflow: try addOverflow(reader, index)
      case .property, .event, .user, .session, .eventID, .timestamp:
        let key = FieldKey(name: column.role.canonicalName ?? column.path, role: column.role)
        fields[key] = try Self.facts(reader, index, column)
      }
    }
  }

  private static func facts(
    _ reader: SegmentReader, _ index: Int, _ column: ColumnEntry
  ) throws -> Facts {
    var facts = Facts()
    facts.kindCounts = column.kindCounts
    let bytes = column.blocks.reduce(0) { $0 + UInt64($1.storedBytes) }
    facts.storedBytes = bytes + UInt64(column.dictionary?.storedBytes ?? 0)
    // A column with a dictionary has all its texts in it.
    let onlyTexts = column.kinds.isSubset(of: [.init(.absent), .init(.null), .init(.text)])
    if onlyTexts, column.dictionaryCount <= FieldListing.distinctMax {
      facts.texts = facts.hasValues ? try reader.dictionary(column: index) : .empty
    }
    return facts
  }

  private mutating func addOverflow(_ reader: SegmentReader, _ column: Int) throws {
    for block in 0..<reader.footer.blockCount {
      var vector = ColumnVector()
      try reader.decode(column: column, block: block, into: &vector)
      for row in 0..<vector.rowCount where vector.kind(row) == .json {
        let members = vector.texts.withBytes(Int(vector.codes[row])) {
          OverflowObject.members(of: $0)
        }
        for member in members ?? [] {
          fields[FieldKey(name: member.path, role: .property), default: Facts()].add(member)
        }
      }
    }
  }
}

extension SegmentFields.Facts {
  fileprivate mutating func add(_ member: OverflowMember) {
    kindCounts[Int(member.kind.rawValue)] += 1
    guard member.kind != .null, examples.count < FieldListing.examplesMax else { return }
    var json = JSONWriter()
    member.text.withUnsafeBytes { text in json.append(member.kind, number: member.bits) { text } }
    FieldListing.add(json, to: &examples)
  }
}

/// What is known of a field in all segments.
private struct FieldFacts: Sendable {
  private var kindCounts = [UInt64](repeating: 0, count: ValueKind.allCases.count)
  private var storedBytes: UInt64?
  /// Its distinct texts, as long as they are known.
  private var texts: TextTable? = TextTable()
  private(set) var examples: [String] = []
  /// The segments that have values of it in a column of its own.
  private(set) var segments: [Int] = []

  mutating func add(_ facts: SegmentFields.Facts, segment: Int) {
    for kind in kindCounts.indices { kindCounts[kind] += facts.kindCounts[kind] }
    if let bytes = facts.storedBytes {
      storedBytes = (storedBytes ?? 0) + bytes
      if facts.hasValues { segments.append(segment) }
    }
    for example in facts.examples where examples.count < FieldListing.examplesMax {
      if !examples.contains(example) { examples.append(example) }
    }
    addTexts(facts.texts)
  }

  private mutating func addTexts(_ list: TextList?) {
    guard var known = texts else { return }
    texts = nil
    guard let list else { return }
    for index in 0..<list.count {
      list.withBytes(index) { _ = known.insert($0, hash: StableHash.xxh64($0, seed: 0)) }
    }
    if known.count <= FieldListing.distinctMax { texts = known }
  }

  func row(_ key: FieldKey, rowCount: UInt64, _ examples: [String]) -> [ResultValue] {
    let named: [ValueKind] = [.bool, .int, .double, .decimal, .text, .json]
    let held = named.filter { kindCounts[Int($0.rawValue)] > 0 }
    let rows = held.reduce(0) { $0 + kindCounts[Int($1.rawValue)] }
    let kinds = key.role == .timestamp ? "time" : held.map { "\($0)" }.joined(separator: ", ")
    return [
      .text(key.name), .text(kinds), .int(Int64(clamping: rows)),
      rowCount == 0 ? .null : .double(Double(rows) * 100 / Double(rowCount)),
      storedBytes.map { .int(Int64(clamping: $0)) } ?? .null,
      rows == 0 ? .null : texts.map { .int(Int64($0.count)) } ?? .null,
      .json("[\(examples.joined(separator: ","))]"),
    ]
  }
}
