// What makes two rows the same event.

import EvtCore

/// The fields that, together with the user, tell events apart: `event_id`, or those of
/// `--dedupe-key`.
///
/// A row has a key if all of its fields have a value that is not null, unless every value is the
/// empty text. Values are equal if they are of one kind and equal there: nothing is converted.
public struct EventKey: Hashable, Sendable {
  /// One field of a key.
  public enum Field: Hashable, Sendable {
    case canonical(ColumnRole)
    case property(ExactText)
  }

  /// The fields besides the user, in the order given.
  public let fields: [Field]

  /// The key that segments keep filters of.
  public static let eventID = EventKey(fields: [.canonical(.eventID)])

  private init(fields: [Field]) { self.fields = fields }

  /// Reads names of fields, separated by commas: canonical ones or key paths. The user belongs to
  /// every key, named or not. Nil when no field is named, or one that is no key path.
  public init?(_ text: String) {
    var fields: [Field] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let name = part.drop { $0 == " " }
      guard let components = KeyPathText.split(String(name)) else { return nil }
      let path = KeyPathText.join(components)
      let role = ColumnRole.allCases.first { $0.canonicalName == path }
      if role == .user { continue }
      let field = role.map(Field.canonical) ?? .property(ExactText(path))
      if !fields.contains(field) { fields.append(field) }
    }
    guard !fields.isEmpty else { return nil }
    self.fields = fields
  }
}

/// One value of a key. The bytes are valid only where it is handed out.
struct KeyValue {
  var kind: ValueKind
  /// A number's 64 bits.
  var bits: UInt64
  /// A text, decimal or JSON value.
  var text: UnsafeRawBufferPointer

  static var absent: KeyValue {
    KeyValue(kind: .absent, bits: 0, text: .init(start: nil, count: 0))
  }

  var isMissing: Bool { kind == .absent || kind == .null }

  func equals(_ other: KeyValue) -> Bool {
    kind == other.kind && (kind.isTextual ? ByteOrder.equal(text, other.text) : bits == other.bits)
  }

  /// Hashes the value on top of what came before it.
  func hash(seed: UInt64) -> UInt64 {
    if kind.isTextual { return StableHash.key(text, seed: seed) }
    return withUnsafeBytes(of: bits.littleEndian) { StableHash.key($0, seed: seed) }
  }
}

/// Rows whose users and keys can be looked at.
///
/// Hashes are those of the key filters in segments: `StableHash.key` of the field's bytes, seeded
/// with the hash before it, the first one with that of the user, or with 0 without a user.
public protocol KeyedRows {
  var key: EventKey { get }
  /// The hash of the user of `row`, nil without one.
  func userHash(_ row: Int) -> UInt64?
  /// The hash of the user and key of `row`, 0 when it has no key.
  func keyHash(_ row: Int) -> UInt64
  /// The time of `row` in nanoseconds since 1970.
  func time(_ row: Int) -> Int64
  /// The user and the key of `row` as bytes that are equal for equal keys only.
  func keyBytes(_ row: Int) -> [UInt8]
}

/// What both kinds of rows share: access to single values.
protocol KeyValues: KeyedRows {
  /// Calls `body` with the user of `row`.
  func withUser<Result>(_ row: Int, _ body: (KeyValue) -> Result) -> Result
  /// Calls `body` with field number `field` of the key of `row`.
  func withField<Result>(_ field: Int, _ row: Int, _ body: (KeyValue) -> Result) -> Result
}

extension KeyValues {
  public func userHash(_ row: Int) -> UInt64? {
    withUser(row) { $0.kind.isTextual ? StableHash.user($0.text) : nil }
  }

  public func keyHash(_ row: Int) -> UInt64 {
    var hash = userHash(row) ?? 0
    var isEmpty = true
    for field in key.fields.indices {
      let isMissing = withField(field, row) { value in
        hash = value.hash(seed: hash)
        if value.kind != .text || value.text.count > 0 { isEmpty = false }
        return value.isMissing
      }
      if isMissing { return 0 }
    }
    return isEmpty ? 0 : max(hash, 1)
  }

  public func keyBytes(_ row: Int) -> [UInt8] {
    var writer = ByteWriter()
    let append = { (value: KeyValue) in
      writer.append(value.kind.rawValue)
      writer.append(value.kind.isTextual ? UInt64(value.text.count) : value.bits)
      if value.kind.isTextual { writer.append(contentsOf: value.text) }
    }
    withUser(row) { append($0.isMissing ? .absent : $0) }
    for field in key.fields.indices { withField(field, row, append) }
    return writer.bytes
  }
}

/// Whether two rows have equal users and equal keys.
func haveEqualKeys(
  _ left: some KeyValues, _ row: Int, _ right: some KeyValues, _ other: Int
) -> Bool {
  let hasSameUser = left.withUser(row) { own in
    right.withUser(other) { own.isMissing ? $0.isMissing : own.equals($0) }
  }
  return hasSameUser
    && left.key.fields.indices.allSatisfy { field in
      left.withField(field, row) { own in right.withField(field, other) { own.equals($0) } }
    }
}
