// The keys of events that are stored.

import EvtCore

/// The users and keys of the rows of one block of a segment.
public struct BlockKeys: KeyValues, Sendable {
  public let key: EventKey
  public let rowCount: Int
  private let users: ColumnVector
  private let fields: [ColumnVector]
  private let times: ColumnVector

  /// Decodes what `key` needs of `block`.
  /// - Throws: `SegmentDamage`, or the error of the reader's source.
  public init(_ reader: SegmentReader, block: Int, _ key: EventKey) throws {
    self.key = key
    rowCount = reader.footer.rows(inBlock: block)
    users = try Self.decode(.canonical(.user), reader, block)
    times = try Self.decode(.canonical(.timestamp), reader, block)
    fields = try key.fields.map { try Self.decode($0, reader, block) }
    guard times.uniformKind == .int else {
      throw SegmentDamage("block \(block) has rows without a time")
    }
  }

  /// Takes the vectors of a block of rows that are at hand anyway, with the event id as key.
  public init(users: ColumnVector, ids: ColumnVector, times: ColumnVector) {
    key = .eventID
    rowCount = users.rowCount
    self.users = users
    fields = [ids]
    self.times = times
  }

  public func time(_ row: Int) -> Int64 { times.numbers[row] }

  /// The hash of the key of every row, 0 for rows without one.
  public func hashes() -> [UInt64] { (0..<rowCount).map { keyHash($0) } }

  /// The rows of the users with this hash, nil standing for rows without one; rows are in the order
  /// of users.
  public func rows(ofUser hash: UInt64?) -> Range<Int> {
    guard let hash else { return 0..<firstRow { userHash($0) == nil } }
    let start = firstRow { row in userHash(row).map { $0 < hash } ?? true }
    return start..<firstRow { row in userHash(row).map { $0 <= hash } ?? true }
  }

  private func firstRow(behind precedes: (Int) -> Bool) -> Int {
    var (lower, upper) = (0, rowCount)
    while lower < upper {
      let middle = (lower + upper) / 2
      if precedes(middle) { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }

  /// Whether `row` and row `other` of `others` are the same event but for their times.
  public func equals(_ row: Int, _ others: BlockKeys, _ other: Int) -> Bool {
    haveEqualKeys(self, row, others, other)
  }

  func withUser<Result>(_ row: Int, _ body: (KeyValue) -> Result) -> Result {
    users.withKeyValue(row, body)
  }

  func withField<Result>(_ field: Int, _ row: Int, _ body: (KeyValue) -> Result) -> Result {
    fields[field].withKeyValue(row, body)
  }

  private static func decode(
    _ field: EventKey.Field, _ reader: SegmentReader, _ block: Int
  ) throws -> ColumnVector {
    var vector = ColumnVector()
    switch field {
    case .property(let path): try reader.decode(path: path.text, block: block, into: &vector)
    case .canonical(let role):
      if let column = reader.footer.column(role: role) {
        try reader.decode(column: column, block: block, into: &vector)
      } else {
        vector.setAbsent(rowCount: reader.footer.rows(inBlock: block))
      }
    }
    return vector
  }
}

extension ColumnVector {
  fileprivate func withKeyValue<Result>(_ row: Int, _ body: (KeyValue) -> Result) -> Result {
    let kind = kind(row)
    if kind.isTextual {
      return texts.withBytes(Int(codes[row])) { body(KeyValue(kind: kind, bits: 0, text: $0)) }
    }
    let bits = kind.isNumeric ? UInt64(bitPattern: numbers[row]) : 0
    return body(KeyValue(kind: kind, bits: bits, text: KeyValue.absent.text))
  }
}
