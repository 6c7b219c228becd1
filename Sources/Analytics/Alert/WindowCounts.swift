// Counts events in many overlapping windows without keeping their times.

/// How many rows lie between each two neighbouring edges of some windows.
struct WindowCounts: TimeTally {
  /// The beginnings and the ends of all windows, ascending.
  private let edges: [Int64]
  /// By gap: `counts[i]` rows lie in [edges[i], edges[i + 1]).
  private var counts: [Int]

  /// Creates the counts of the windows of the length `window` that end at `instants`.
  init(endingAt instants: [Int64], window: Int64) {
    edges = Set(instants + instants.map { Self.start(of: $0, window) }).sorted()
    counts = Array(repeating: 0, count: edges.count)
  }

  /// The first instant of the window that ends at `instant`.
  static func start(of instant: Int64, _ window: Int64) -> Int64 {
    let (start, overflow) = instant.subtractingReportingOverflow(window)
    return overflow ? .min : start
  }

  /// The number of edges at or before `time`.
  private func edges(upTo time: Int64) -> Int {
    var low = 0
    var high = edges.count
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func add(_ time: Int64, count: Int) {
    let gap = edges(upTo: time) - 1
    if gap >= 0 { counts[gap] += count }
  }

  mutating func add(_ other: WindowCounts) {
    for gap in counts.indices { counts[gap] += other.counts[gap] }
  }

  func isIndifferent(least: Int64, greatest: Int64) -> Bool {
    edges(upTo: least) == edges(upTo: greatest)
  }

  /// The rows of the windows of the length `window` that end at `instants`, edges of these counts.
  func sums(endingAt instants: [Int64], window: Int64) -> [Int] {
    var total = 0
    // By edge: the rows before it.
    let before = counts.map { count in
      defer { total += count }
      return total
    }
    return instants.map { instant in
      before[edges(upTo: instant) - 1] - before[edges(upTo: Self.start(of: instant, window)) - 1]
    }
  }
}
