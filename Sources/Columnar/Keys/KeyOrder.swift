// Finds rows whose keys may be equal without a hash table.

import EvtCore

/// Rows in the order of the fingerprints of their keys, those of one fingerprint in the order they
/// were added, so that rows with equal keys lie beside each other.
public struct KeyOrder: Sendable {
  /// The fingerprint of a row in the upper half, its number in the lower one.
  @usableFromInline
  var entries: [UInt64] = []
  /// Where the entries begin whose fingerprints are so far behind the first one.
  private var starts: [UInt32] = []
  /// How far each start is behind the one before it, as a power of two.
  private var stepBits = 0

  /// Creates the order of no rows.
  public init() {}

  public var count: Int { entries.count }

  /// Makes room for `additional` more rows.
  public mutating func reserve(_ additional: Int) {
    entries.reserveCapacity(entries.count + additional)
  }

  /// Adds row number `row`, greater than those before it and below 2^32, with a key of this hash.
  @inlinable @inline(__always)
  public mutating func add(_ row: Int, hash: UInt64) {
    entries.append(UInt64(KeyFilter.fingerprint(hash)) << 32 | UInt64(row))
  }

  /// Must be called when all rows have been added.
  public mutating func sort() {
    RadixSort.sort(&entries, bits: 32..<64)
    guard let first = entries.first, let last = entries.last else { return }
    // About four entries from one start to the next, for hashes are spread evenly.
    let span = (last >> 32) - (first >> 32)
    stepBits = 0
    while span >> stepBits > entries.count / 4 { stepBits += 1 }
    let steps = Int(span >> stepBits) + 1
    starts = []
    starts.reserveCapacity(steps + 1)
    for (place, entry) in entries.enumerated() {
      let step = Int(((entry >> 32) - (first >> 32)) >> stepBits)
      while starts.count <= step { starts.append(UInt32(truncatingIfNeeded: place)) }
    }
    starts.append(UInt32(truncatingIfNeeded: entries.count))
  }

  /// The rows at `places`.
  public func rows(at places: Range<Int>) -> some Collection<Int> {
    entries[places].lazy.map(Self.row)
  }

  /// All rows.
  public var rows: some Collection<Int> { entries.lazy.map(Self.row) }

  /// The places of the rows of each fingerprint that several have.
  public func groups() -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var start = 0
    for place in entries.indices.dropFirst() where entries[place] >> 32 != entries[start] >> 32 {
      if place - start > 1 { groups.append(start..<place) }
      start = place
    }
    if entries.count - start > 1 { groups.append(start..<entries.count) }
    return groups
  }

  /// The rows whose key may be in the block of `filter`.
  public func rows(in filter: KeyFilter) -> [Int] {
    var rows: [Int] = []
    guard let first = entries.first, let last = entries.last else { return rows }
    let range = UInt32(first >> 32)...UInt32(last >> 32)
    for fingerprint in filter.fingerprints where range.contains(fingerprint) {
      let step = Int((fingerprint - range.lowerBound) >> stepBits)
      var (place, end) = (Int(starts[step]), Int(starts[step + 1]))
      // Few, unless somebody has made keys of which that is not true.
      while place < end {
        let middle = (place + end) / 2
        if UInt32(entries[middle] >> 32) < fingerprint { place = middle + 1 } else { end = middle }
      }
      while place < entries.count, UInt32(entries[place] >> 32) == fingerprint {
        rows.append(Self.row(entries[place]))
        place += 1
      }
    }
    return rows
  }

  private static func row(_ entry: UInt64) -> Int { Int(UInt32(truncatingIfNeeded: entry)) }
}
