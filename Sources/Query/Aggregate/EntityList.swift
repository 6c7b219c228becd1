// The entities (users, sessions, values) that a segment has in each group, for counting them exactly.

import Columnar
import EvtCore

/// What is counted as one entity.
enum EntityKind: Sendable {
  /// Users and sessions: texts but the empty one.
  case identified
  /// Any value but null.
  case value
}

/// The entities of one segment with the groups in which each occurs. An entity may stand here more
/// than once; `DistinctMerge` tells which are the same, by hash and then by text.
struct EntityList: Sendable {
  fileprivate(set) var hashes: [UInt64] = []
  /// For each entry, the list and the index of its text.
  fileprivate(set) var places: [UInt64] = []
  fileprivate(set) var lists: [TextList] = []
  /// For each entry, where its groups end in `groups`; empty when there is only one group.
  fileprivate(set) var groupEnds: [UInt32] = []
  fileprivate(set) var groups: [UInt32] = []
  /// Whether the entries are in the order of their hashes, as users are.
  fileprivate(set) var isSorted = true

  /// The number of entries.
  var count: Int { hashes.count }

  /// The groups of `entry`.
  func groups(of entry: Int) -> Range<Int> {
    (entry == 0 ? 0 : Int(groupEnds[entry - 1]))..<Int(groupEnds[entry])
  }

  /// Calls `body` with the identity of `entry`.
  @inline(__always)
  func withIdentity<Result>(
    _ entry: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    let place = places[entry]
    return lists[Int(place >> 32)].withBytes(Int(truncatingIfNeeded: place & 0xFFFF_FFFF), body)
  }

  /// The same list with a hash that tells nothing apart: as if somebody had found collisions.
  func withAllHashesEqual() -> EntityList {
    var list = self
    list.hashes = list.hashes.map { _ in 7 }
    return list
  }

  /// The memory held, the texts not counted that the segment keeps anyway.
  var heldBytes: Int { hashes.count * 16 + groupEnds.count * 4 + groups.count * 4 }
}

/// Collects the entities of one column of a segment, run by run.
struct EntityCollector {
  private let kind: EntityKind
  private let hasGroups: Bool
  private(set) var list = EntityList()
  /// By group, the ordinal of the run in which it was last seen.
  private var lastRun: [UInt32] = []
  private var run: UInt32 = 0
  /// The identity of the current run, to see whether it goes on in the next block.
  private var current: [UInt8]?
  /// Identities of values that are no texts.
  private var madeEnds: [UInt32] = []
  private var madeBytes: [UInt8] = []
  private var madeNumbers: [Value: UInt32] = [:]

  init(_ kind: EntityKind, hasGroups: Bool) {
    self.kind = kind
    self.hasGroups = hasGroups
    // List 0 is that of the identities made here.
    list.lists.append(.empty)
  }

  /// Adds the rows of a block.
  /// - Parameter groups: the group of each selected row; empty when there is only one group.
  mutating func add(
    _ vector: ColumnVector, _ rows: SelectedRows, groups: [UInt32], groupCount: Int, isTime: Bool
  ) {
    if hasGroups {
      lastRun += [UInt32](repeating: 0, count: max(0, groupCount - lastRun.count))
    }
    switch vector.uniformKind {
    case .absent, .null: endRun()
    case .text: addTexts(vector, rows, groups)
    case .bool, .int, .double, .decimal, .json, nil: addMixed(vector, rows, groups, isTime)
    }
  }

  /// Returns what was collected.
  consuming func finish() -> EntityList {
    if !madeEnds.isEmpty {
      list.lists[0] = TextList(ends: madeEnds, bytes: madeBytes, isSortedDictionary: false)
    }
    if hasGroups { closeGroups() }
    return list
  }

  private mutating func addTexts(_ vector: ColumnVector, _ rows: SelectedRows, _ groups: [UInt32]) {
    let listNumber = place(vector.texts)
    var lastCode: UInt32 = .max
    var isCounted = false
    vector.codes.withUnsafeBufferPointer { codes in
      rows.forEach { ordinal, row in
        let code = codes[row]
        if code != lastCode {
          lastCode = code
          isCounted = begin(vector.texts, Int(code), listNumber)
        }
        if isCounted, hasGroups { note(groups[ordinal]) }
      }
    }
    keepCurrent(vector.texts, lastCode)
  }

  private mutating func addMixed(
    _ vector: ColumnVector, _ rows: SelectedRows, _ groups: [UInt32], _ isTime: Bool
  ) {
    let listNumber = place(vector.texts)
    var lastCode: UInt32 = .max
    var isCounted = false
    rows.forEach { ordinal, row in
      let rowKind = vector.kind(row)
      if rowKind == .text {
        let code = vector.codes[row]
        if code != lastCode {
          lastCode = code
          isCounted = begin(vector.texts, Int(code), listNumber)
        }
      } else {
        lastCode = .max
        isCounted = false
        if kind == .value, rowKind != .null, rowKind != .absent {
          beginMade(vector.evaluated(row, isTime: isTime))
          isCounted = true
        } else {
          endRun()
        }
      }
      if isCounted, hasGroups { note(groups[ordinal]) }
    }
    keepCurrent(vector.texts, lastCode)
  }

  /// The number of `texts` among the lists.
  private mutating func place(_ texts: TextList) -> UInt64 {
    if list.lists.count > 1, list.lists[list.lists.count - 1] === texts {
      return UInt64(list.lists.count - 1) << 32
    }
    list.lists.append(texts)
    return UInt64(list.lists.count - 1) << 32
  }

  /// Begins the run of a text, unless it continues the current one.
  /// - Returns: whether it counts as an entity.
  private mutating func begin(_ texts: TextList, _ code: Int, _ listNumber: UInt64) -> Bool {
    texts.withBytes(code) { bytes in
      if kind == .identified, bytes.isEmpty {
        endRun()
        return false
      }
      if let current {
        // Only a block's first run can continue the run before.
        let continues = current.count == bytes.count && current.elementsEqual(bytes)
        self.current = nil
        if continues { return true }
      }
      append(StableHash.xxh64(bytes, seed: 0), listNumber | UInt64(code))
      return true
    }
  }

  private mutating func beginMade(_ value: Value) {
    current = nil
    let plain = value.plain
    let number: UInt32
    if let known = madeNumbers[plain] {
      number = known
    } else {
      number = UInt32(madeEnds.count)
      madeNumbers[plain] = number
      madeBytes += Self.identity(plain)
      madeEnds.append(UInt32(madeBytes.count))
    }
    let start = number == 0 ? 0 : Int(madeEnds[Int(number) - 1])
    let hash = madeBytes.withUnsafeBytes { bytes in
      StableHash.xxh64(.init(rebasing: bytes[start..<Int(madeEnds[Int(number)])]), seed: 0)
    }
    append(hash, UInt64(number))
  }

  /// Bytes that no text has, since they are not UTF-8, and no other value.
  private static func identity(_ value: Value) -> [UInt8] {
    switch value {
    case .bool(let truth): [0xFF, truth ? 1 : 0]
    case .int(let number): [0xFE] + Array(String(number).utf8)
    case .double(let number): [0xFD] + Array(number.description.utf8)
    case .decimal(let number): [0xFC] + Array(number.text.utf8)
    case .json(let bytes): [0xFB] + bytes
    case .time(let time): [0xFA] + Array(String(time).utf8)
    case .date(let day): [0xF9] + Array(String(day).utf8)
    case .text(let bytes): bytes
    case .null: [0xF8]
    }
  }

  private mutating func append(_ hash: UInt64, _ place: UInt64) {
    if let last = list.hashes.last {
      if hash < last { list.isSorted = false }
      if hasGroups { closeGroups() }
    }
    list.hashes.append(hash)
    list.places.append(place)
    run += 1
  }

  private mutating func closeGroups() {
    if list.groupEnds.count < list.hashes.count {
      list.groupEnds.append(UInt32(list.groups.count))
    }
  }

  @inline(__always)
  private mutating func note(_ group: UInt32) {
    if lastRun[Int(group)] != run {
      lastRun[Int(group)] = run
      list.groups.append(group)
    }
  }

  private mutating func endRun() { current = nil }

  private mutating func keepCurrent(_ texts: TextList, _ lastCode: UInt32) {
    guard lastCode != .max else {
      current = nil
      return
    }
    current = texts.withBytes(Int(lastCode)) { bytes in
      kind == .identified && bytes.isEmpty ? nil : Array(bytes)
    }
  }
}
