// In which order the rows of several segments follow each other in one.

import EvtCore

/// The order of the merged rows, found from users and times alone: for each of them the input it
/// comes from, whose rows keep their order among themselves. What is equal in user and time stands
/// in the order of the inputs.
struct MergeOrder: Sendable {
  private(set) var inputs: [UInt8] = []
  /// Counted on the way, as the footer has them.
  private(set) var rowsWithoutUser = 0
  private(set) var userCount = 0
  private(set) var minTime = Int64.max
  private(set) var maxTime = Int64.min

  /// - Throws: `SegmentDamage`, also for inputs that are out of order themselves.
  init(_ inputs: [MergeInput]) throws {
    precondition(inputs.count <= Limits.mergeInputsMax, "BUG: too many segments in a merge")
    self.inputs.reserveCapacity(inputs.reduce(0) { $0 + $1.keptRows })
    var cursors = try inputs.map { try OrderCursor($0) }
    var lastUser: UserKey?
    while let first = Self.first(of: cursors, except: nil) {
      // Its rows follow each other up to the first row of another input.
      let next = Self.first(of: cursors, except: first)
      repeat {
        note(cursors[first], &lastUser)
        self.inputs.append(UInt8(first))
        try cursors[first].advance()
        guard !cursors[first].isAtEnd else { break }
      } while next.map({ Self.precedes(cursors, first, $0) }) ?? true
    }
  }

  private mutating func note(_ cursor: OrderCursor, _ lastUser: inout UserKey?) {
    minTime = min(minTime, cursor.time)
    maxTime = max(maxTime, cursor.time)
    if cursor.user.text.isEmpty { rowsWithoutUser += 1 }
    if cursor.user != lastUser {
      if !cursor.user.text.isEmpty { userCount += 1 }
      lastUser = cursor.user
    }
  }

  private static func first(of cursors: [OrderCursor], except other: Int?) -> Int? {
    var first: Int?
    for index in cursors.indices where index != other && !cursors[index].isAtEnd {
      guard let known = first else {
        first = index
        continue
      }
      if precedes(cursors, index, known) { first = index }
    }
    return first
  }

  private static func precedes(_ cursors: [OrderCursor], _ left: Int, _ right: Int) -> Bool {
    if cursors[left].user != cursors[right].user {
      return cursors[left].user < cursors[right].user
    }
    if cursors[left].time != cursors[right].time { return cursors[left].time < cursors[right].time }
    return left < right
  }
}

/// A user's place in the order of the format.
private struct UserKey: Comparable {
  var hasUser = false
  var hash: UInt64 = 0
  var text: [UInt8] = []

  static func == (left: UserKey, right: UserKey) -> Bool {
    left.hash == right.hash && left.hasUser == right.hasUser && left.text == right.text
  }

  static func < (left: UserKey, right: UserKey) -> Bool {
    if left.hasUser != right.hasUser { return !left.hasUser }
    if left.hash != right.hash { return left.hash < right.hash }
    return left.text.lexicographicallyPrecedes(right.text)
  }
}

/// Walks over users and times of the rows of one input.
private struct OrderCursor {
  private let input: MergeInput
  private let userColumn: Int
  private let timeColumn: Int
  private var users = ColumnVector()
  private var times = ColumnVector()
  private var block = -1
  private var row = 0
  private var code: UInt32?

  private(set) var isAtEnd = false
  private(set) var user = UserKey()
  private(set) var time = Int64.min

  init(_ input: MergeInput) throws {
    let footer = input.reader.footer
    guard let userColumn = footer.column(role: .user),
      let timeColumn = footer.column(role: .timestamp)
    else { throw SegmentDamage("no column of users or times") }
    self.input = input
    self.userColumn = userColumn
    self.timeColumn = timeColumn
    row = -1
    try advance()
  }

  /// Goes to the next row that is kept.
  mutating func advance() throws {
    while true {
      row += 1
      if row >= times.rowCount {
        guard try loadNextBlock() else {
          isAtEnd = true
          return
        }
      }
      guard let dropped = input.dropped else { break }
      if !dropped.contains(block * Limits.blockRowsMax + row) { break }
    }
    try readRow()
  }

  private mutating func loadNextBlock() throws -> Bool {
    guard block + 1 < input.reader.footer.blockCount else { return false }
    block += 1
    try input.reader.decode(column: userColumn, block: block, into: &users)
    try input.reader.decode(column: timeColumn, block: block, into: &times)
    guard times.uniformKind == .int else {
      throw SegmentDamage("block \(block) has rows without a time")
    }
    row = 0
    code = nil
    return true
  }

  private mutating func readRow() throws {
    let newTime = times.numbers[row]
    guard users.kind(row) == .text else {
      try require(!user.hasUser && newTime >= time)
      time = newTime
      return
    }
    if users.codes[row] != code {
      code = users.codes[row]
      let found = users.texts.withBytes(Int(users.codes[row])) { text in
        UserKey(hasUser: true, hash: StableHash.user(text), text: Array(text))
      }
      if found != user {
        try require(user < found)
        user = found
        time = newTime
        return
      }
    }
    try require(newTime >= time)
    time = newTime
  }

  private func require(_ isInOrder: Bool) throws {
    if !isInOrder { throw SegmentDamage("row \(row) of block \(block) stands behind a later one") }
  }
}
