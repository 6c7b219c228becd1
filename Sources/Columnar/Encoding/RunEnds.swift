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
    return ends.withUnsafeBufferPointer { ends in
      places.map { place in
        while ends[run] <= place { run += 1 }
        return run
      }
    }
  }

  /// The runs that hold some of a block's rows, when these are taken for all of it.
  struct Picked {
    /// The runs that hold a row.
    var runs: [UInt32] = []
    /// By row, the number of its run among those.
    var numbers: [UInt32] = []
    /// Where those end.
    var ends: [UInt32] = []
  }

  /// The runs of the rows at `places`, which ascend.
  func picked(at places: [UInt32]) -> Picked {
    var picked = Picked()
    picked.numbers.reserveCapacity(places.count)
    var run = -1
    var end: UInt32 = 0
    ends.withUnsafeBufferPointer { ends in
      for (row, place) in places.enumerated() {
        if place >= end {
          if row > 0 { picked.ends.append(UInt32(row)) }
          while end <= place {
            run += 1
            end = ends[run]
          }
          picked.runs.append(UInt32(run))
        }
        picked.numbers.append(UInt32(picked.runs.count - 1))
      }
    }
    if !places.isEmpty { picked.ends.append(UInt32(places.count)) }
    return picked
  }
}
