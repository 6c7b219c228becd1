// The funnel by brute force: every assignment of distinct events to steps is tried.

/// The slow twin of the funnel matcher, written from the definition alone.
public struct NaiveFunnel: Sendable {
  /// One event of the user.
  public struct Event: Sendable {
    public var time: Int64
    /// The steps it matches, counted from 0.
    public var steps: Set<Int>
    /// The value by which the funnel is broken down, as its rank.
    public var value: Int

    public init(time: Int64, steps: Set<Int>, value: Int = 0) {
      self.time = time
      self.steps = steps
      self.value = value
    }
  }

  /// What the definition says of one user.
  public struct Outcome: Hashable, Sendable {
    public var level = 0
    /// The time of each step of the chain that is reported; empty at level 0.
    public var stepTimes: [Int64] = []
    /// The least value among the events that can open that chain.
    public var value: Int?
    /// The time of the last event that matches step 1.
    public var latestEntry: Int64?

    /// Creates the outcome of a user without step 1.
    public init() {}
  }

  public let stepCount: Int
  public let window: Int64

  /// Creates the oracle of a funnel of `stepCount` steps within `window` nanoseconds.
  public init(stepCount: Int, window: Int64) {
    self.stepCount = stepCount
    self.window = window
  }

  /// Tries every chain of distinct events of `events`, in any order; exponential.
  public func outcome(of events: [Event]) -> Outcome {
    var outcome = Outcome()
    outcome.latestEntry = events.filter { $0.steps.contains(0) }.map(\.time).max()
    for length in stride(from: stepCount, to: 0, by: -1) {
      let chains = chains(of: length, in: events)
      guard !chains.isEmpty else { continue }
      outcome.level = length
      let times = chains.map { chain in chain.map { events[$0].time } }
      let reported = times.min { left, right in precedes(left, right) } ?? []
      outcome.stepTimes = reported
      outcome.value = zip(chains, times).filter { $0.1 == reported }
        .map { events[$0.0[0]].value }.min()
      break
    }
    return outcome
  }

  /// Earliest completion first, then latest entry, then the earliest steps between.
  private func precedes(_ left: [Int64], _ right: [Int64]) -> Bool {
    let last = left.count - 1
    if left[last] != right[last] { return left[last] < right[last] }
    if left[0] != right[0] { return left[0] > right[0] }
    return left.lexicographicallyPrecedes(right)
  }

  /// All sequences of `length` distinct events that match steps 1, 2, … in time and window.
  private func chains(of length: Int, in events: [Event]) -> [[Int]] {
    var found: [[Int]] = []
    var chain: [Int] = []
    func extend() {
      if chain.count == length {
        found.append(chain)
        return
      }
      for (index, event) in events.enumerated()
      where event.steps.contains(chain.count) && !chain.contains(index) {
        if let last = chain.last, events[last].time > event.time { continue }
        if let first = chain.first, event.time - events[first].time > window { continue }
        chain.append(index)
        extend()
        chain.removeLast()
      }
    }
    extend()
    return found
  }
}
