// Integers as runs.

/// Values with the lengths of their runs.
struct RunLists {
  private(set) var values: [Int64] = []
  private(set) var lengthsLessOne: [Int64] = []

  init(_ source: UnsafeBufferPointer<Int64>, count: Int) {
    values.reserveCapacity(count)
    lengthsLessOne.reserveCapacity(count)
    var start = 0
    for index in 1...source.count
    where index == source.count || source[index] != source[start] {
      values.append(source[start])
      lengthsLessOne.append(Int64(index - start - 1))
      start = index
    }
  }

  /// The runs of bytes that begin at `starts`, in order, and end at `count`; `value` tells what
  /// each stands for.
  init(starts: [UInt32], count: Int, value: (Int) -> Int64) {
    values = starts.map { value(Int($0)) }
    lengthsLessOne = starts.indices.map { run in
      Int64((run + 1 < starts.count ? Int(starts[run + 1]) : count) - Int(starts[run]) - 1)
    }
  }

  var estimatedBits: Int {
    [values, lengthsLessOne].reduce(64) { sum, list in
      list.withUnsafeBufferPointer { sum + FramePlan($0, IntProfile($0)).bits }
    }
  }
}
