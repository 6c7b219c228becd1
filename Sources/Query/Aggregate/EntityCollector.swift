// Collects the entities of one column of a segment, run by run.

import Columnar
import EvtCore

/// What is counted as one entity.
enum EntityKind: Sendable {
  /// Users and sessions: texts but the empty one.
  case identified
  /// Any value but null.
  case value
}

/// Adds an entry for each run of equal values, with the groups of the run's rows, each once. The
/// rows of a user are one run, those of a session mostly.
final class EntityCollector {
  // A struct within, since every access to a field of a class is checked for exclusivity.
  private var runs: EntityRuns

  init(_ kind: EntityKind, hasGroups: Bool) { runs = EntityRuns(kind, hasGroups: hasGroups) }

  /// The memory held.
  var heldBytes: Int { runs.heldBytes }

  /// Adds the rows of a block.
  /// - Parameter groups: the group of each selected row; empty when there is only one group.
  func add(
    _ vector: ColumnVector, _ rows: SelectedRows, groups: [UInt32], groupCount: Int, type: FieldType
  ) {
    groups.withUnsafeBufferPointer {
      runs.add(vector, rows, groups: $0, groupCount: groupCount, type: type)
    }
  }

  /// Returns what was collected.
  func finish() -> EntityList { runs.list() }
}

/// The runs of a segment's entities so far.
private struct EntityRuns: ~Copyable {
  private let kind: EntityKind
  private let hasGroups: Bool
  private var entries = GrowableBuffer<EntityEntry>()
  private var identities = GrowableBuffer<UInt8>()
  private var groups = GrowableBuffer<UInt32>()
  /// By group, the ordinal of the run in which it was last seen.
  private var lastRun = GrowableBuffer<UInt32>()
  private var run: UInt32 = 0
  /// Whether the last entry may go on in the next block.
  private var mayContinue = false

  init(_ kind: EntityKind, hasGroups: Bool) {
    self.kind = kind
    self.hasGroups = hasGroups
  }

  var heldBytes: Int {
    entries.count * MemoryLayout<EntityEntry>.stride + identities.count + groups.count * 4
  }

  mutating func list() -> EntityList {
    closeGroups()
    return EntityList(
      entries, identities: identities, groups: groups,
      groupCount: hasGroups ? lastRun.count : nil)
  }

  mutating func add(
    _ vector: ColumnVector, _ rows: SelectedRows, groups rowGroups: UnsafeBufferPointer<UInt32>,
    groupCount: Int, type: FieldType
  ) {
    if hasGroups {
      lastRun.append(repeating: 0, count: max(0, groupCount - lastRun.count))
      groups.reserve(rows.count)
    }
    switch vector.uniformKind {
    case .absent, .null: mayContinue = false
    case .text: addTexts(vector, rows, rowGroups)
    case .bool, .int, .double, .decimal, .json, nil: addMixed(vector, rows, rowGroups, type)
    }
  }

  private mutating func addTexts(
    _ vector: ColumnVector, _ rows: SelectedRows, _ rowGroups: UnsafeBufferPointer<UInt32>
  ) {
    var lastCode: UInt32 = .max
    var isCounted = false
    if !hasGroups, rows.count == vector.rowCount, !vector.runEnds.isEmpty {
      // Nothing is noted row by row.
      var start = 0
      for end in vector.runEnds {
        isCounted = vector.texts.withBytes(Int(vector.codes[start])) { begin($0) }
        start = Int(end)
      }
      mayContinue = isCounted
      return
    }
    vector.codes.withUnsafeBufferPointer { codes in
      vector.texts.ends.withUnsafeBufferPointer { ends in
        vector.texts.bytes.withUnsafeBytes { bytes in
          rows.forEach { ordinal, row in
            let code = codes[row]
            if code != lastCode {
              lastCode = code
              let start = code == 0 ? 0 : Int(ends[Int(code) - 1])
              isCounted = begin(.init(rebasing: bytes[start..<Int(ends[Int(code)])]))
            }
            if isCounted, hasGroups { note(rowGroups[ordinal]) }
          }
        }
      }
    }
    mayContinue = isCounted
  }

  private mutating func addMixed(
    _ vector: ColumnVector, _ rows: SelectedRows, _ rowGroups: UnsafeBufferPointer<UInt32>,
    _ type: FieldType
  ) {
    var lastCode: UInt32 = .max
    var isCounted = false
    let (text, null) = (ValueKind.text.rawValue, ValueKind.null.rawValue)
    let uniform = vector.uniformKind?.rawValue
    rows.forEach { ordinal, row in
      let rowKind = uniform ?? vector.kinds[row]
      if rowKind == text {
        let code = vector.codes[row]
        if code != lastCode {
          lastCode = code
          isCounted = vector.texts.withBytes(Int(code)) { begin($0) }
        }
      } else if rowKind <= null || kind == .identified {
        (lastCode, isCounted, mayContinue) = (.max, false, false)
      } else {
        lastCode = .max
        let identity = Self.identity(vector.evaluated(row, as: type).plain)
        isCounted = identity.withUnsafeBytes { begin($0) }
      }
      if isCounted, hasGroups { note(rowGroups[ordinal]) }
    }
    mayContinue = isCounted
  }

  /// Notes that the current run has a row in `group`. Room for it was reserved.
  @inline(__always)
  private mutating func note(_ group: UInt32) {
    if lastRun.base[Int(group)] != run {
      lastRun.base[Int(group)] = run
      groups.append(group)
    }
  }

  /// Begins the run of an entity, unless it continues the last one.
  /// - Returns: whether it counts as an entity.
  @inline(__always)
  private mutating func begin(_ identity: UnsafeRawBufferPointer) -> Bool {
    if kind == .identified, identity.isEmpty {
      mayContinue = false
      return false
    }
    // Only the first run of a block can continue one; after it, entries follow each other.
    if mayContinue {
      mayContinue = false
      let last = entries.base[entries.count - 1].identityRange
      let known = UnsafeRawBufferPointer(start: identities.base + last.start, count: last.count)
      if ByteOrder.equal(known, identity) { return true }
    }
    closeGroups()
    let place = UInt64(identities.count) << 28 | UInt64(identity.count)
    identities.append(contentsOf: identity.bindMemory(to: UInt8.self))
    entries.append(
      EntityEntry(
        hash: StableHash.xxh64(identity, seed: 0), identity: place,
        groups: UInt64(groups.count) << 32))
    run &+= 1
    return true
  }

  /// Completes the last entry.
  @inline(__always)
  private mutating func closeGroups() {
    guard entries.count > 0 else { return }
    let start = entries.base[entries.count - 1].groups >> 32
    entries.base[entries.count - 1].groups = start << 32 | (UInt64(groups.count) - start)
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
    case .array, .tuple: [0xF7] + ValueCoding.bytes(value)
    case .null: [0xF8]
    }
  }
}
