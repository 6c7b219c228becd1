// Runs of rows by where they end.

import EvtCore

/// Where runs end.
struct RunEnds {
  let ends: [UInt32]

  /// The ends of runs of these lengths, which must fill `count` rows.
  static func of(
    _ lengthsLessOne: [Int64], count: Int, _ reader: ByteReader
  ) throws(MalformedBytes) -> RunEnds {
    var ends: [UInt32] = []
    ends.reserveCapacity(lengthsLessOne.count)
    var end = 0
    for length in lengthsLessOne {
      guard length >= 0, length < Int64(count - end) else {
        throw reader.malformed("runs longer than their block")
      }
      end += Int(length) + 1
      ends.append(UInt32(end))
    }
    guard end == count else { throw reader.malformed("runs shorter than their block") }
    return RunEnds(ends: ends)
  }

  /// The run of each of `places`, which ascend.
  func runs(at places: [UInt32]) -> [Int] {
    var run = 0
    return places.map { place in
      while ends[run] <= place { run += 1 }
      return run
    }
  }

  /// Where the runs end in the rows at `places` alone; runs without any are left out.
  static func picked(_ runs: some Collection<Int>) -> [UInt32] {
    var ends: [UInt32] = []
    var last: Int?
    for (row, run) in runs.enumerated() {
      if let last, last != run { ends.append(UInt32(row)) }
      last = run
    }
    if last != nil { ends.append(UInt32(runs.count)) }
    return ends
  }
}
