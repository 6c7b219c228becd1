// Finds rows whose keys may be equal without a hash table.

import EvtCore

/// Rows in the order of the fingerprints of their keys, those of one fingerprint in the order they
/// were added: rows with equal keys lie beside each other, and a key filter is searched by merging.
public struct KeyOrder: Sendable {
  /// The fingerprint of a row in the upper half, its number in the lower one.
  @usableFromInline
  var entries: [UInt64] = []

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
  public mutating func sort() { RadixSort.sort(&entries, bits: 32..<64) }

  /// All rows.
  public var rows: some Collection<Int> { entries.lazy.map(Self.row) }

  /// The rows of each fingerprint that several have.
  public func groups() -> [some Collection<Int>] {
    var groups: [Range<Int>] = []
    var start = 0
    for place in entries.indices.dropFirst() where entries[place] >> 32 != entries[start] >> 32 {
      if place - start > 1 { groups.append(start..<place) }
      start = place
    }
    if entries.count - start > 1 { groups.append(start..<entries.count) }
    return groups.map { entries[$0].lazy.map(Self.row) }
  }

  /// The rows whose key may be in the block of `filter`.
  public func rows(in filter: KeyFilter) -> [Int] {
    var rows: [Int] = []
    let fingerprints = filter.fingerprints
    var (place, next) = (0, 0)
    while place < entries.count, next < fingerprints.count {
      let (own, their) = (entries[place] >> 32, UInt64(fingerprints[next]))
      if own < their {
        place = entries.gallop(from: place) { $0 >> 32 < their }
      } else if own > their {
        next = fingerprints.gallop(from: next) { UInt64($0) < own }
      } else {
        rows.append(Self.row(entries[place]))
        place += 1
      }
    }
    return rows
  }

  private static func row(_ entry: UInt64) -> Int { Int(UInt32(truncatingIfNeeded: entry)) }
}

extension Array {
  /// The first index behind `start` whose element does not `precede`; all that do come first. Fast
  /// when it is near.
  fileprivate func gallop(from start: Int, _ precedes: (Element) -> Bool) -> Int {
    var (lower, step) = (start, 1)
    while lower + step < count, precedes(self[lower + step]) {
      lower += step
      step *= 2
    }
    var upper = Swift.min(lower + step, count)
    lower += 1
    while lower < upper {
      let middle = (lower + upper) / 2
      if precedes(self[middle]) { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }
}
