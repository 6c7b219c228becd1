// Counts a segment's rows anew and checks their order.

import Columnar
import EvtCore

/// The columns of one block that the order and the counts depend on.
struct CanonicalVectors {
  var user: ColumnVector?
  var event: ColumnVector?
  var time: ColumnVector?
  var eventID: ColumnVector?

  /// The users and event ids as keys.
  var keys: BlockKeys? {
    guard let user, let eventID, let time else { return nil }
    return BlockKeys(users: user, ids: eventID, times: time)
  }

  mutating func keep(_ vector: ColumnVector, role: ColumnRole) {
    switch role {
    case .user: user = vector
    case .event: event = vector
    case .timestamp: time = vector
    case .eventID: eventID = vector
    case .session, .property, .source, .run, .overflow: break
    }
  }
}

/// Everything a footer says of the rows, worked out from the rows alone.
struct RowRecount {
  private(set) var rowCount = 0
  private(set) var rowsWithoutUser = 0
  private(set) var userCount = 0
  private(set) var minTime = Int64.max
  private(set) var maxTime = Int64.min
  private(set) var rowsOfOtherDays = 0
  private(set) var rowsOfUnknownEvents = 0
  /// Rows by event and quarter hour of the day.
  private(set) var quarters: [[UInt64]]
  private(set) var blockEvents: [[Bool]] = []

  private let day: UTCDay
  private let eventIndices: [ExactText: Int]?
  private var previous: Position?

  /// Where a row stands in the order of the format: rows without a user before all others.
  private struct Position {
    var user: (hash: UInt64, text: String)?
    var time: Int64

    func precedesOrEquals(_ other: Position) -> Bool {
      guard let own = user else { return other.user != nil || time <= other.time }
      guard let their = other.user else { return false }
      if own.hash != their.hash { return own.hash < their.hash }
      let (ownText, theirText) = (ExactText(own.text), ExactText(their.text))
      return ownText == theirText ? time <= other.time : ownText < theirText
    }

    func hasUser(of other: Position) -> Bool {
      user.map { ExactText($0.text) } == other.user.map { ExactText($0.text) }
    }
  }

  init(_ footer: SegmentFooter) {
    day = footer.day
    var indices: [ExactText: Int] = [:]
    for (index, event) in (footer.events ?? []).enumerated() {
      indices[ExactText(event.name)] = index
    }
    eventIndices = footer.events == nil ? nil : indices
    quarters = (footer.events ?? []).map { _ in [UInt64](repeating: 0, count: 96) }
  }

  /// Adds the rows of the next block.
  /// - Returns: what is wrong with their order, if anything.
  mutating func add(_ vectors: CanonicalVectors, block: Int) -> String? {
    guard let times = vectors.time, times.uniformKind == .int else {
      return "block \(block) has rows without a time"
    }
    var disorder: String?
    for row in 0..<times.rowCount {
      let time = times.numbers[row]
      minTime = min(minTime, time)
      maxTime = max(maxTime, time)
      if UTCDay(containing: time) != day { rowsOfOtherDays += 1 }
      let position = Position(user: Self.user(vectors.user, row), time: time)
      if let previous, !previous.precedesOrEquals(position) {
        disorder = disorder ?? "row \(row) of block \(block) stands behind a later one"
      }
      countUser(of: position)
      previous = position
    }
    rowCount += times.rowCount
    countEvents(vectors.event, times)
    return disorder
  }

  private mutating func countUser(of position: Position) {
    guard let user = position.user, !user.text.isEmpty else {
      rowsWithoutUser += 1
      return
    }
    if let previous, previous.hasUser(of: position) { return }
    userCount += 1
  }

  private mutating func countEvents(_ events: ColumnVector?, _ times: ColumnVector) {
    guard let eventIndices else { return }
    var occurs = [Bool](repeating: false, count: quarters.count)
    defer { blockEvents.append(occurs) }
    guard let events else {
      rowsOfUnknownEvents += times.rowCount
      return
    }
    var indexByCode: [UInt32: Int?] = [:]
    for row in 0..<min(events.rowCount, times.rowCount) {
      guard events.kind(row) == .text else {
        rowsOfUnknownEvents += 1
        continue
      }
      let code = events.codes[row]
      let index: Int?
      if let known = indexByCode[code] {
        index = known
      } else {
        index = eventIndices[ExactText(events.texts[Int(code)])]
        indexByCode[code] = index
      }
      guard let index else {
        rowsOfUnknownEvents += 1
        continue
      }
      occurs[index] = true
      quarters[index][UTCDay.quarter(of: times.numbers[row])] += 1
    }
  }

  private static func user(_ users: ColumnVector?, _ row: Int) -> (hash: UInt64, text: String)? {
    guard let users, users.kind(row).isTextual else { return nil }
    let code = Int(users.codes[row])
    return (users.texts.withBytes(code) { StableHash.user($0) }, users.texts[code])
  }
}
