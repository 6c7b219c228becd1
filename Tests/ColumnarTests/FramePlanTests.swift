// The choice of frames: the vector loops against plain ones.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("FramePlan") struct FramePlanTests {
  /// The slow twin: widths and exceptions of `values` around `reference`, found one by one.
  struct SlowPlan: Equatable {
    var reference: Int64
    var width = 0
    var exceptions = 0
    var bits = 0

    init(_ plan: FramePlan) {
      (reference, width) = (plan.reference, plan.width)
      (exceptions, bits) = (plan.exceptions, plan.bits)
    }

    init(_ values: [Int64], reference: Int64, exceptionWidth: Int) {
      self.reference = reference
      let widths = values.map { 64 - UInt64(bitPattern: $0 &- reference).leadingZeroBitCount }
      width = widths.max() ?? 0
      bits = values.count * width
      for narrower in stride(from: width - 1, through: 0, by: -1) {
        let outside = widths.count { $0 > narrower }
        if outside * 4 > values.count { break }
        guard outside > 0 else { continue }
        let gapWidth = Int.bitWidth - (values.count / outside).leadingZeroBitCount + 2
        let size = values.count * narrower + outside * (gapWidth + exceptionWidth) + 128
        if size < bits { (bits, width, exceptions) = (size, narrower, outside) }
      }
      bits += 80
    }

    init(_ values: [Int64]) {
      let least = values.min() ?? 0
      let spread = UInt64(bitPattern: (values.max() ?? 0) &- least)
      let exceptionWidth = 64 - spread.leadingZeroBitCount
      self.init(values, reference: least, exceptionWidth: exceptionWidth)
      // The greatest of all numbers is no reference: it stands for there being none.
      guard least < 0, let other = values.filter({ $0 >= 0 }).min(), other < .max else { return }
      let plan = SlowPlan(values, reference: other, exceptionWidth: exceptionWidth)
      if plan.bits < bits { self = plan }
    }
  }

  @Test(
    "finds the plan that looking at every value finds", arguments: IntStreamTests.Shape.allCases)
  func twin(shape: IntStreamTests.Shape) {
    var random = SeededGenerator(seed: 11)
    for count in [1, 2, 3, 4, 7, 8, 9, 16, 17, 100, 1_001] {
      for round in 0..<20 {
        var values = IntStreamTests.values(shape, count: count, &random)
        // Some negative ones: they may be the exceptions.
        if round % 2 == 1 {
          for index in values.indices where random.chance(1, in: 12) {
            values[index] = 0 &- values[index]
          }
        }
        let plan = values.withUnsafeBufferPointer { FramePlan($0, IntProfile($0)) }
        #expect(SlowPlan(plan) == SlowPlan(values), "\(shape), \(count) values, round \(round)")
      }
    }
  }

  @Test("a profile holds the extremes and the runs", arguments: 1..<70)
  func profile(count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    let bound: Int64 = random.chance(1, in: 2) ? 2 : .max
    let values = (0..<count).map { _ in Int64.random(in: -bound...bound, using: &random) }
    let profile = values.withUnsafeBufferPointer { IntProfile($0) }
    #expect(profile.least == values.min())
    #expect(profile.greatest == values.max())
    #expect(profile.runs == 1 + zip(values, values.dropFirst()).count { $0 != $1 })
  }
}
