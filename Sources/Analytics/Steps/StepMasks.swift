// Which steps an event can fill, as a small number per event.

import EvtCore

/// The distinct sets of steps that events match, each under an id, so that an event carries four
/// bytes however many steps there are. Id 0 is the set of no steps. With two steps bit s of an id
/// stands for step s (from 0).
public struct StepMasks: Sendable {
  /// The number of steps.
  public let stepCount: Int
  /// 64-bit words of one set; step `s` (from 0) is bit `s % 64` of word `s / 64`.
  public let wordsPerMask: Int
  /// The sets in the order of their ids.
  public private(set) var words: [UInt64]
  private var idByMask: [[UInt64]: UInt32]

  /// Creates the table that holds the empty set, and with two steps all sets.
  public init(stepCount: Int) {
    precondition(stepCount > 0, "BUG: no steps")
    self.stepCount = stepCount
    wordsPerMask = (stepCount + 63) / 64
    words = Array(repeating: 0, count: wordsPerMask)
    idByMask = [words: 0]
    if stepCount == 2 { for bits in 1...3 as ClosedRange<UInt64> { _ = id(ofMask: [bits]) } }
  }

  /// The number of sets.
  public var count: Int { words.count / wordsPerMask }

  /// Returns the id of the set of `steps`, counted from 0, adding it when it is new.
  public mutating func id(of steps: some Sequence<Int>) -> UInt32 {
    var mask = [UInt64](repeating: 0, count: wordsPerMask)
    for step in steps {
      precondition(step >= 0 && step < stepCount, "BUG: step out of range")
      mask[step >> 6] |= 1 << UInt64(step & 63)
    }
    return id(ofMask: mask)
  }

  /// Returns the id of `mask`, `wordsPerMask` words, adding it when it is new.
  public mutating func id(ofMask mask: [UInt64]) -> UInt32 {
    precondition(mask.count == wordsPerMask, "BUG: mask of other steps")
    if let id = idByMask[mask] { return id }
    let id = UInt32(count)
    words.append(contentsOf: mask)
    idByMask[mask] = id
    return id
  }

  /// The words of the set with `id`.
  public func mask(_ id: UInt32) -> ArraySlice<UInt64> {
    let start = Int(id) * wordsPerMask
    return words[start..<start + wordsPerMask]
  }

  /// Whether the set with `id` holds `step`, counted from 0.
  public func contains(_ id: UInt32, step: Int) -> Bool {
    words[Int(id) * wordsPerMask + step >> 6] >> UInt64(step & 63) & 1 == 1
  }
}
