// The keys of events that wait in memory.

import EvtCore

/// The users and keys of the rows of a batch.
public struct BatchKeys: KeyValues, Sendable {
  public let key: EventKey
  private let batch: EventBatch
  /// Where the batch has each field of the key: −1 for nowhere.
  private let columns: [Int]

  private static let nowhere = -1
  private static let times = -2

  /// Looks up the columns of `key` in `batch`.
  public init(_ batch: EventBatch, _ key: EventKey) {
    self.batch = batch
    self.key = key
    columns = key.fields.map { field in
      switch field {
      case .canonical(.timestamp): Self.times
      case .canonical(let role): EventBatch.canonicalColumn(role)
      case .property(let path): batch.knownColumn(path.text) ?? Self.nowhere
      }
    }
  }

  /// Whether some row may have a key.
  public var hasFields: Bool { !columns.contains(Self.nowhere) }

  public func time(_ row: Int) -> Int64 { batch.times[row] }

  /// The hash of the key of every row, 0 for rows without one; empty when no row has any.
  public func hashes() -> [UInt64] {
    if key == .eventID { return batch.keyHashes }
    guard hasFields else { return [] }
    return (0..<batch.rowCount).map { keyHash($0) }
  }

  /// Whether `row` and row `other` of `others` are the same event but for their times.
  public func equals(_ row: Int, _ others: BatchKeys, _ other: Int) -> Bool {
    haveEqualKeys(self, row, others, other)
  }

  /// Whether `row` and row `other` of a stored block are the same event but for their times.
  public func equals(_ row: Int, _ block: BlockKeys, _ other: Int) -> Bool {
    haveEqualKeys(self, row, block, other)
  }

  func withUser<Result>(_ row: Int, _ body: (KeyValue) -> Result) -> Result {
    batch.withColumn(EventBatch.canonicalColumn(.user)) { body($0.keyValue(row)) }
  }

  func withField<Result>(_ field: Int, _ row: Int, _ body: (KeyValue) -> Result) -> Result {
    switch columns[field] {
    case Self.nowhere: return body(.absent)
    case Self.times:
      let time = UInt64(bitPattern: batch.times[row])
      return body(KeyValue(kind: .int, bits: time, text: KeyValue.absent.text))
    case let column: return batch.withColumn(column) { body($0.keyValue(row)) }
    }
  }
}

extension BatchColumn {
  /// The value of `row`.
  fileprivate func keyValue(_ row: Int) -> KeyValue {
    guard let entry = entry(ofRow: row) else { return .absent }
    let kind = kind(of: entry)
    let bits = values[entry]
    let text = kind.isTextual ? texts[Int(bits)] : KeyValue.absent.text
    return KeyValue(kind: kind, bits: bits, text: text)
  }
}

extension EventBatch {
  /// The hash of user and event id of every row, 0 for rows without an event id; empty when no row
  /// has one.
  func makeKeyHashes() -> [UInt64] {
    withColumn(Self.canonicalColumn(.eventID)) { ids in
      guard ids.count > 0 else { return [] }
      return withColumn(Self.canonicalColumn(.user)) { users in
        Self.hashKeys(ids, users, rowCount: rowCount)
      }
    }
  }

  private static func hashKeys(
    _ ids: borrowing BatchColumn, _ users: borrowing BatchColumn, rowCount: Int
  ) -> [UInt64] {
    // Most users have several rows in a batch.
    let seeds = (0..<users.texts.count).map { StableHash.user(users.texts[$0]) }
    var hashes = [UInt64](repeating: 0, count: rowCount)
    var userEntry = 0
    for entry in 0..<ids.count where ids.kind(of: entry) == .text {
      let text = ids.texts[Int(ids.values[entry])]
      if text.isEmpty { continue }
      let row = ids.row(of: entry)
      while userEntry < users.count, users.row(of: userEntry) < row { userEntry += 1 }
      var seed: UInt64 = 0
      if userEntry < users.count, users.row(of: userEntry) == row,
        users.kind(of: userEntry).isTextual
      {
        seed = seeds[Int(users.values[userEntry])]
      }
      hashes[row] = max(StableHash.key(text, seed: seed), 1)
    }
    return hashes
  }
}
