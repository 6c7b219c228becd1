// What fields there are: `evt query --fields`.

import Columnar
import EvtCore

/// Every field with the kinds of its values, how often it has one, what it takes on disk, and examples.
public struct FieldListing: Sendable {
  /// Only segments that overlap it are looked at.
  public var range: TimeRange

  /// Creates a listing.
  public init(range: TimeRange = .all) { self.range = range }

  /// The columns of its rows: rows with a value, their share of all rows in percent, bytes on disk
  /// (null for fields in the overflow column), distinct texts (null unless known exactly), and up to
  /// three values as a JSON array.
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
    let wanted = source.summaries.indices.filter {
      let summary = source.summaries[$0]
      return range.overlaps(least: summary.minTime, greatest: summary.maxTime)
    }
    let perSegment = try pool.map(count: wanted.count) { number in
      try source.reading(segment: wanted[number]) { try Self.fields(of: $0) }
    }
    var fields: [FieldKey: FieldFacts] = [:]
    var rowCount: UInt64 = 0
    for (index, found) in zip(wanted, perSegment) {
      rowCount += source.summaries[index].rowCount
      for (key, facts) in found { fields[key, default: FieldFacts()].merge(facts) }
    }
    let ordered = fields.sorted { $0.key < $1.key }
    return ResultTable(
      columns: Self.columns,
      rows: ordered.map { $0.value.row($0.key, rowCount: rowCount) })
  }

  private static func fields(of reader: SegmentReader) throws -> [FieldKey: FieldFacts] {
    var fields: [FieldKey: FieldFacts] = [:]
    for (index, column) in reader.footer.columns.enumerated() {
      switch column.role {
      case .source: continue
      case .overflow: try addOverflow(reader, index, &fields)
      case .property, .event, .user, .session, .eventID, .timestamp:
        let key = FieldKey(name: column.role.canonicalName ?? column.path, role: column.role)
        fields[key] = try facts(reader, index, column)
      }
    }
    return fields
  }

  private static func facts(
    _ reader: SegmentReader, _ index: Int, _ column: ColumnEntry
  ) throws -> FieldFacts {
    var facts = FieldFacts()
    facts.kindCounts = column.kindCounts
    var bytes = column.blocks.reduce(0) { $0 + UInt64($1.storedBytes) }
    bytes += UInt64(column.dictionary?.storedBytes ?? 0)
    facts.storedBytes = bytes
    // With a dictionary all texts are in it, unless some block did without.
    let onlyTexts = column.kinds.isSubset(of: [.init(.absent), .init(.null), .init(.text)])
    if onlyTexts, column.dictionaryCount <= distinctMax,
      let dictionary = try reader.dictionary(column: index)
    {
      facts.texts = Set((0..<dictionary.count).map { ExactText(dictionary[$0]) })
    }
    var block = 0
    while facts.examples.count < examplesMax, block < min(2, column.blocks.count) {
      var vector = ColumnVector()
      try reader.decode(column: index, block: block, into: &vector)
      facts.addExamples(vector, isTime: column.role == .timestamp)
      block += 1
    }
    return facts
  }

  private static func addOverflow(
    _ reader: SegmentReader, _ column: Int, _ fields: inout [FieldKey: FieldFacts]
  ) throws {
    for block in 0..<reader.footer.blockCount {
      var vector = ColumnVector()
      try reader.decode(column: column, block: block, into: &vector)
      for row in 0..<vector.rowCount where vector.kind(row) == .json {
        let members = vector.texts.withBytes(Int(vector.codes[row])) {
          OverflowObject.members(of: $0)
        }
        for member in members ?? [] {
          let key = FieldKey(name: member.path, role: .property)
          fields[key, default: FieldFacts()].add(member)
        }
      }
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

/// What is known of a field in some segments.
private struct FieldFacts: Sendable {
  var kindCounts = [UInt64](repeating: 0, count: ValueKind.allCases.count)
  var storedBytes: UInt64?
  /// All its texts; nil when they are not known, or when it has other values.
  var texts: Set<ExactText>?
  /// Up to three values as JSON.
  var examples: [String] = []
  private var isFirst = true

  mutating func merge(_ other: FieldFacts) {
    for kind in kindCounts.indices { kindCounts[kind] += other.kindCounts[kind] }
    if let bytes = other.storedBytes { storedBytes = (storedBytes ?? 0) + bytes }
    texts = isFirst ? other.texts : other.texts.flatMap { texts?.union($0) }
    if let known = texts, known.count > FieldListing.distinctMax { texts = nil }
    isFirst = false
    for example in other.examples { add(example: example) }
  }

  mutating func add(_ member: OverflowMember) {
    kindCounts[Int(member.kind.rawValue)] += 1
    guard member.kind != .null, examples.count < FieldListing.examplesMax else { return }
    var json = JSONWriter()
    member.text.withUnsafeBytes { text in json.append(member.kind, number: member.bits) { text } }
    add(example: String(decoding: json.bytes, as: UTF8.self))
  }

  mutating func addExamples(_ vector: ColumnVector, isTime: Bool) {
    for row in 0..<vector.rowCount {
      if examples.count == FieldListing.examplesMax { return }
      let kind = vector.kind(row)
      if kind == .absent || kind == .null { continue }
      var json = JSONWriter()
      if isTime {
        json.append(quoted: TimeText.format(vector.numbers[row]).utf8)
      } else {
        json.append(vector, row: row)
      }
      add(example: String(decoding: json.bytes, as: UTF8.self))
    }
  }

  private mutating func add(example: String) {
    if examples.count < FieldListing.examplesMax, !examples.contains(example),
      example.utf8.count <= FieldListing.exampleBytesMax
    {
      examples.append(example)
    }
  }

  func row(_ key: FieldKey, rowCount: UInt64) -> [ResultValue] {
    let named: [ValueKind] = [.bool, .int, .double, .decimal, .text, .json]
    let held = named.filter { kindCounts[Int($0.rawValue)] > 0 }
    let rows = held.reduce(0) { $0 + kindCounts[Int($1.rawValue)] }
    let kinds = key.role == .timestamp ? "time" : held.map { "\($0)" }.joined(separator: ", ")
    return [
      .text(key.name), .text(kinds), .int(Int64(clamping: rows)),
      rowCount == 0 ? .null : .double(Double(rows) * 100 / Double(rowCount)),
      storedBytes.map { .int(Int64(clamping: $0)) } ?? .null,
      texts.map { .int(Int64($0.count)) } ?? .null,
      .json("[\(examples.joined(separator: ","))]"),
    ]
  }
}
