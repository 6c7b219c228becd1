// The kinds of the rows of a block as bytes.

import CKernels
import EvtCore

/// How many rows are of each kind.
struct KindCounts {
  /// By raw value.
  private(set) var rows = [Int](repeating: 0, count: ValueKind.allCases.count)

  /// Counts `kinds`, raw values, all of which are among `candidates`.
  init(_ kinds: UnsafeBufferPointer<UInt8>, among candidates: [ValueKind] = ValueKind.allCases) {
    var left = kinds.count
    for kind in candidates.dropLast() where left > 0 {
      guard let base = kinds.baseAddress else { return }
      let found = Int(evt_count_byte(base, kinds.count, kind.rawValue))
      rows[Int(kind.rawValue)] = found
      left -= found
    }
    if let last = candidates.last { rows[Int(last.rawValue)] = left }
  }

  subscript(kind: ValueKind) -> Int { rows[Int(kind.rawValue)] }

  /// The kinds that occur.
  var present: [ValueKind] { ValueKind.allCases.filter { self[$0] > 0 } }
}

/// Encodes the kind of each row as its place among those that occur: to the byte what `IntStream`
/// makes of these places, without writing them out.
enum KindStream {
  /// Appends `kinds`, of which at least two occur.
  static func encode(
    _ kinds: UnsafeBufferPointer<UInt8>, _ counts: KindCounts, into writer: inout ByteWriter
  ) {
    guard let base = kinds.baseAddress else { return }
    let present = counts.present
    var places = [Int64](repeating: 0, count: ValueKind.allCases.count)
    for (place, kind) in present.enumerated() { places[Int(kind.rawValue)] = Int64(place) }
    let plan = plan(counts, present, count: kinds.count)
    let runs = Int(evt_count_changes(base, kinds.count)) + 1
    if runs * 2 < kinds.count {
      let lists = RunLists(starts: starts(kinds, runs), count: kinds.count) {
        places[Int(kinds[$0])]
      }
      if lists.estimatedBits < plan.bits / 4 * 3 { return IntStream.encode(lists, into: &writer) }
    }
    if present.count == 2 {
      plan.appendHead(into: &writer)
      appendPair(kinds, present[1], count: counts[present[1]], plan, into: &writer)
    } else {
      let values = kinds.map { places[Int($0)] }
      values.withUnsafeBufferPointer { plan.encode($0, into: &writer) }
    }
  }

  /// The frame of the places; how many values need which width is known.
  private static func plan(_ counts: KindCounts, _ present: [ValueKind], count: Int) -> FramePlan {
    var histogram = [Int](repeating: 0, count: UInt64.bitWidth + 1)
    for (place, kind) in present.enumerated() {
      histogram[Int.bitWidth - place.leadingZeroBitCount] += counts[kind]
    }
    let widest = Int.bitWidth - (present.count - 1).leadingZeroBitCount
    var choice = WidthChoice(count: count, widest: widest, exceptionWidth: widest)
    choice.consider(histogram, below: widest)
    return FramePlan(reference: 0, choice)
  }

  private static func starts(_ kinds: UnsafeBufferPointer<UInt8>, _ runs: Int) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: runs) { starts, count in
      guard let base = kinds.baseAddress, let starts = starts.baseAddress else { return }
      starts[0] = 0
      count = 1 + Int(evt_find_changes(base, kinds.count, starts + 1))
    }
  }

  /// Appends bits that are set for the rows of `kind`, the second of two; or their places, when
  /// these are the exceptions.
  private static func appendPair(
    _ kinds: UnsafeBufferPointer<UInt8>, _ kind: ValueKind, count: Int, _ plan: FramePlan,
    into writer: inout ByteWriter
  ) {
    guard plan.exceptions > 0 else {
      return writer.append(count: (kinds.count + 7) / 8) { target in
        guard let base = kinds.baseAddress,
          let target = target.bindMemory(to: UInt8.self).baseAddress
        else { return }
        evt_pack_equal(base, kinds.count, kind.rawValue, target)
      }
    }
    let rows = [UInt32](unsafeUninitializedCapacity: count) { rows, found in
      guard let base = kinds.baseAddress, let rows = rows.baseAddress else { return }
      found = Int(evt_find_equal(base, kinds.count, kind.rawValue, rows))
    }
    var last = -1
    let gaps = rows.map { row in
      defer { last = Int(row) }
      return Int64(Int(row) - last)
    }
    let outliers = [Int64](repeating: 1, count: rows.count)
    FramePlan.append(gaps: gaps, outliers: outliers, into: &writer)
  }
}
