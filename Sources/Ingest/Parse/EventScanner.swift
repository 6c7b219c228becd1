// Scans one event after the other from JSON text straight into the columns of a batch.

import CKernels
import Columnar
import EvtCore

/// A value of a mapped key, held until the event's end shows which alternative wins.
struct Capture: BitwiseCopyable {
  /// The raw `ValueKind`; `absent` for an object whose keys were stored as properties.
  var kind: UInt8
  var key: Int32
  var bits: UInt64
  /// The text of a text value, or the lexeme of any other scalar.
  var text: Bytes
  var count: Int

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: text, count: count) }
}

/// The single-pass scanner: JSON text in, columns out, nothing in between.
///
/// An event is scanned (`scan`), and then either finished or abandoned. The scanner holds the keys
/// it has met: it guesses that the keys of an event follow each other as they did in the one
/// before, so that a key costs one comparison and a value one append.
///
/// All text needs `EVT_SCAN_PADDING` readable bytes behind it.
struct EventScanner: ~Copyable {
  var batch = BatchBuilder()
  var tree: KeyTree
  /// Keys met several times in one object, over all finished events; the last one's value counts.
  private(set) var duplicateKeys = 0
  /// Where and why the last event failed.
  var failure = RejectReason.notAnObject
  var failedAt: Bytes?

  var rowDuplicates = 0
  /// Counts the events tried; keys carry the number of the last event they were in.
  var stamp: UInt32 = 0
  /// The keys of this event in order, for limits, repeated keys and abandoning.
  let rowKeys: UnsafeMutablePointer<Int32>
  var rowKeyCount = 0
  /// Keys inside values that are kept as JSON text.
  var rowInnerKeys = 0
  private let captures: UnsafeMutablePointer<Capture>
  private var present: UInt64 = 0
  private var nonNull: UInt64 = 0
  /// Winners that gave way, and those they gave way to.
  private var replaced: UInt64 = 0
  private let masks: [5 of UInt64]
  private let latestTime: Int64
  /// Properties that every event gets, by their columns.
  private let constants: [(column: Int, value: [UInt8])]
  /// Which properties are kept, nil for all.
  private let keepsProperty: ((String) -> Bool)?
  /// Decoded texts of this event; full blocks stay where they are until the next event.
  var scratch: UnsafeMutablePointer<UInt8>
  var scratchUsed = 0
  private var scratchCapacity = 4_096
  private var fullScratch: [UnsafeMutablePointer<UInt8>] = []

  /// Creates a scanner for events of that mapping; times after `latestTime` are refused.
  init(
    mapping: FieldMapping, latestTime: Int64, constants: [FieldTransforms.Constant] = [],
    keepsProperty: ((String) -> Bool)? = nil
  ) {
    self.keepsProperty = keepsProperty
    tree = KeyTree(mapping: mapping)
    scratch = .allocate(capacity: scratchCapacity)
    rowKeys = .allocate(capacity: Limits.keysPerEventMax)
    captures = .allocate(capacity: FieldMapping.slotsMax)
    captures.initialize(
      repeating: Capture(kind: 0, key: -1, bits: 0, text: Bytes(scratch), count: 0),
      count: FieldMapping.slotsMax)
    masks = [5 of UInt64] { mapping.masks[$0] }
    self.latestTime = latestTime
    var placed: [(column: Int, value: [UInt8])] = []
    for constant in constants {
      placed.append((batch.propertyColumn(constant.path), Array(constant.value.utf8)))
    }
    self.constants = placed
  }

  deinit {
    rowKeys.deallocate()
    captures.deallocate()
    scratch.deallocate()
    for block in fullScratch { block.deallocate() }
  }

  /// Scans the object at `at`, and moves past it. Its values are pending until it is finished.
  /// Returns false when it is no event's text; `failure` and `failedAt` say why.
  @inline(__always)
  mutating func scan(_ at: inout Bytes, _ end: Bytes) -> Bool {
    stamp &+= 1
    rowKeyCount = 0
    rowInnerKeys = 0
    rowDuplicates = 0
    present = 0
    nonNull = 0
    scratchUsed = 0
    if !fullScratch.isEmpty { freeFullScratch() }
    guard at[0] == UInt8(ascii: "{") else {
      fail(.notAnObject, at)
      return false
    }
    var first = at + 1
    JSONText.skipSpace(&first, end)
    if first[0] == UInt8(ascii: "}") {
      at = first + 1
      return true
    }
    guard let next = scanObject(first, end, node: KeyTree.root) else {
      abandonRow()
      return false
    }
    at = next
    return true
  }

  /// Drops what was scanned of the current event.
  mutating func abandonRow() {
    let row = batch.rowCount
    for index in 0..<rowKeyCount {
      let entry = tree.keys.base[Int(rowKeys[index])]
      if entry.column >= 0 { batch.columns[Int(entry.column)].remove(row: row) }
      if entry.property >= 0 { batch.columns[Int(entry.property)].remove(row: row) }
    }
    for column in 0..<EventBatch.canonicalRoles.count { batch.columns[column].remove(row: row) }
  }

  /// Makes a row of the event that was scanned; returns false when it lacks what an event needs.
  mutating func finishRow() -> Bool {
    if winner(of: .event) & nonNull == 0 {
      failure = .eventMissing
      failedAt = nil
      abandonRow()
      return false
    }
    guard let time = readTime() else {
      abandonRow()
      return false
    }
    replaced = 0
    var winners = winner(of: .timestamp)
    for field in [CanonicalField.event, .user, .session, .eventID] {
      let winning = winner(of: field)
      winners |= winning
      guard store(winning, as: field) else {
        abandonRow()
        return false
      }
    }
    var losers = present & ~(winners ^ replaced)
    while losers != 0 {
      storeLoser(captures[losers.trailingZeroBitCount])
      losers &= losers &- 1
    }
    duplicateKeys += rowDuplicates
    if !constants.isEmpty { storeConstants() }
    batch.finishRow(time: time)
    return true
  }

  /// Ends scanning and hands over the rows.
  consuming func finish(source: Int) -> EventBatch {
    var finished = BatchBuilder()
    swap(&finished, &batch)
    let leftOut = keepsProperty.map { finished.keepProperties(where: $0) } ?? []
    return EventBatch(source: source, contents: finished, leftOut: leftOut)
  }

  mutating func fail(_ reason: RejectReason, _ at: Bytes) {
    failure = reason
    failedAt = at
  }

  // MARK: - Mapped keys

  /// Holds the value of a mapped key.
  @inline(__always)
  mutating func capture(
    slot: Int8, key: Int32, kind: ValueKind, bits: UInt64, text: Bytes, count: Int
  ) {
    let bit: UInt64 = 1 << UInt64(slot)
    captures[Int(slot)] = Capture(
      kind: kind.rawValue, key: key, bits: bits, text: text, count: count)
    present |= bit
    nonNull = kind == .null ? nonNull & ~bit : nonNull | bit
  }

  /// Forgets the value of a mapped key that a repeated key replaces.
  mutating func releaseCapture(slot: Int8) {
    let bit: UInt64 = 1 << UInt64(slot)
    present &= ~bit
    nonNull &= ~bit
  }

  /// The bit of the alternative that holds the field: the first that is not null, else the first.
  @inline(__always)
  private func winner(of field: CanonicalField) -> UInt64 {
    let mask = masks[field.rawValue]
    let candidates = nonNull & mask != 0 ? nonNull & mask : present & mask
    return candidates & (0 &- candidates)
  }

  /// Stores another alternative than `winner`, whose text is empty, if one says something: some
  /// trackers write `"userId":""` beside an anonymous id.
  @inline(never)
  private mutating func storeEmpty(_ winner: UInt64, as field: CanonicalField) -> Bool {
    var others = nonNull & masks[field.rawValue] & ~winner
    while others != 0 {
      let other = others & (0 &- others)
      let value = captures[other.trailingZeroBitCount]
      let isName = field != .event || value.kind != ValueKind.bool.rawValue
      if value.count > 0, isName, value.kind != ValueKind.json.rawValue {
        replaced |= winner | other
        _ = batch.set(column: field.rawValue, kind: .text, text: value.bytes)
        return true
      }
      others &= ~other
    }
    let value = captures[winner.trailingZeroBitCount]
    guard field != .event else {
      fail(.eventEmpty, value.text)
      return false
    }
    _ = batch.set(column: field.rawValue, kind: .text, text: value.bytes)
    return true
  }

  @inline(__always)
  private mutating func store(_ winner: UInt64, as field: CanonicalField) -> Bool {
    if winner & nonNull == 0 {
      if winner != 0 { _ = batch.set(column: field.rawValue, kind: .null, bits: 0) }
      return true
    }
    let value = captures[winner.trailingZeroBitCount]
    switch ValueKind(rawValue: value.kind) {
    case .text, .int, .double, .decimal: break
    case .bool where field != .event: break
    default:
      fail(field.notText, value.text)
      return false
    }
    if value.count == 0 { return storeEmpty(winner, as: field) }
    _ = batch.set(column: field.rawValue, kind: .text, text: value.bytes)
    return true
  }

  /// A constant goes before what the event says itself.
  @inline(never)
  private mutating func storeConstants() {
    for constant in constants {
      constant.value.withUnsafeBytes { text in
        _ = batch.set(column: constant.column, kind: .text, text: text)
      }
    }
  }

  private mutating func storeLoser(_ value: Capture) {
    guard let kind = ValueKind(rawValue: value.kind), kind != .absent else { return }
    storeProperty(value.key, kind: kind, bits: value.bits, text: value.text, count: value.count)
  }

  @inline(__always)
  private mutating func readTime() -> Int64? {
    let winner = winner(of: .timestamp)
    guard winner & nonNull != 0 else {
      failedAt = nil
      failure = .timeMissing
      return nil
    }
    let value = captures[winner.trailingZeroBitCount]
    do {
      let time = try Self.time(of: value)
      if time >= 0, time <= latestTime { return time }
      fail(time < 0 ? .timeBefore1970 : .timeInFuture, value.text)
    } catch {
      let reason: RejectReason =
        switch error {
        case .notATime where value.kind == ValueKind.text.rawValue && value.count == 0: .timeMissing
        case .notATime: .notATime
        case .tooPrecise: .timeTooPrecise
        case .outOfRange: .timeOutOfRange
        }
      fail(reason, value.text)
    }
    return nil
  }

  @inline(__always)
  private static func time(of value: Capture) throws(TimeText.Failure) -> Int64 {
    switch ValueKind(rawValue: value.kind) {
    case .text:
      do {
        return try TimeText.read(value.bytes)
      } catch .notATime {
        // Numbers are often written in quotes.
        return try TimeText.epoch(value.bytes)
      }
    case .int:
      guard let time = TimeText.epoch(Int64(bitPattern: value.bits)) else { throw .notATime }
      return time
    case .double, .decimal: return try TimeText.epoch(value.bytes)
    default: throw .notATime
    }
  }

  // MARK: - Properties off the fast path

  /// Stores a value that is no text of its own as a property.
  @inline(never)
  mutating func storeProperty(
    _ key: Int32, kind: ValueKind, bits: UInt64, text: Bytes, count: Int
  ) {
    let entry = tree.keys.base + Int(key)
    if entry.pointee.column == KeyEntry.notKept {
      // One value of each kind says all that is to be known of them.
      let bit = UInt8(1) << kind.rawValue
      if entry.pointee.notedKinds & bit != 0 { return }
      entry.pointee.notedKinds |= bit
    }
    let column = propertyColumn(of: key)
    if kind.isTextual {
      let bytes = UnsafeRawBufferPointer(start: text, count: count)
      _ = batch.set(column: column, kind: kind, text: bytes)
    } else {
      _ = batch.set(column: column, kind: kind, bits: bits)
    }
  }

  private mutating func propertyColumn(of key: Int32) -> Int {
    let entry = tree.keys.base + Int(key)
    let isAside = entry.pointee.slot >= 0 || entry.pointee.column == KeyEntry.notKept
    let known = isAside ? entry.pointee.property : entry.pointee.column
    if known >= 0, !entry.pointee.isContested { return Int(known) }
    var path = SourcePath.column(for: tree.path(of: key))
    var column = batch.propertyColumn(path)
    if entry.pointee.isContested {
      // Another key of this event may have taken the column; then this one goes deeper.
      while batch.columns[column].holds(row: batch.rowCount) {
        path = "source.\(path)"
        column = batch.propertyColumn(path)
      }
      entry.pointee.propertyStamp = stamp
    }
    let stored = Int32(truncatingIfNeeded: column)
    if entry.pointee.slot >= 0 || entry.pointee.isContested {
      entry.pointee.property = stored
    } else if keepsProperty?(path) == false {
      entry.pointee.property = stored
      entry.pointee.column = KeyEntry.notKept
    } else {
      entry.pointee.column = stored
    }
    return column
  }

  /// Drops the value that `key` has in this event, and all below it: a later one replaces it.
  mutating func forget(_ key: Int32) {
    rowDuplicates += 1
    let entry = tree.keys.base[Int(key)]
    let depth = tree.nodes.base[Int(entry.node)].depth
    dropValue(of: key)
    // The keys below stand behind it without a gap.
    var index = Int(entry.order) + 1
    while index < rowKeyCount {
      let below = rowKeys[index]
      let node = tree.keys.base[Int(below)].node
      guard tree.nodes.base[Int(node)].depth > depth else { break }
      dropValue(of: below)
      tree.keys.base[Int(below)].stamp = 0
      index += 1
    }
  }

  private mutating func dropValue(of key: Int32) {
    let entry = tree.keys.base[Int(key)]
    if entry.slot >= 0 { releaseCapture(slot: entry.slot) }
    let row = batch.rowCount
    if entry.column >= 0 { batch.columns[Int(entry.column)].remove(row: row) }
    if entry.property >= 0, entry.propertyStamp == stamp {
      batch.columns[Int(entry.property)].remove(row: row)
    }
  }

  // MARK: - Scratch memory

  /// Takes `count` bytes of scratch and the padding behind them.
  mutating func takeScratch(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    let needed = count + Int(EVT_SCAN_PADDING)
    if needed > scratchCapacity - scratchUsed {
      fullScratch.append(scratch)
      scratchCapacity = max(2 * scratchCapacity, needed)
      scratch = .allocate(capacity: scratchCapacity)
      scratchUsed = 0
    }
    let start = scratch + scratchUsed
    scratchUsed += needed
    return start
  }

  /// Gives back what the last `takeScratch`, which returned `start`, took beyond `count` bytes.
  mutating func shrinkScratch(_ start: UnsafeMutablePointer<UInt8>, to count: Int) {
    scratchUsed = start - scratch + count
  }

  @inline(never)
  private mutating func freeFullScratch() {
    for block in fullScratch { block.deallocate() }
    fullScratch.removeAll()
  }
}
