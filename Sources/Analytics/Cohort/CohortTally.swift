// Adds users up to the cells of cohorts.

/// Users by group, cohort and period. Adding tallies in any order gives the same sums.
struct CohortTally: Sendable {
  /// Whose users a row has.
  struct Key: Hashable, Sendable {
    /// The number of the value of the breakdown; 0 without one.
    var group: UInt32
    /// The number of the bucket.
    var cohort: Int
  }

  let periodCount: Int
  private(set) var keys: [Key] = []
  private var rowByKey: [Key: Int] = [:]
  /// By row, the users of the cohort and then those of each period.
  private var cells: [UInt64] = []

  /// Creates the tally of no users.
  init(periodCount: Int) { self.periodCount = periodCount }

  /// The users of `row`.
  func size(_ row: Int) -> Int { Int(cells[row * (periodCount + 1)]) }

  /// The users of `row` that were added to `period`.
  func count(_ row: Int, period: Int) -> Int { Int(cells[row * (periodCount + 1) + 1 + period]) }

  /// The row of `key`, which is new when nobody was in it.
  mutating func row(of key: Key) -> Int {
    if let row = rowByKey[key] { return row }
    let row = keys.count
    keys.append(key)
    rowByKey[key] = row
    cells.append(contentsOf: repeatElement(0, count: periodCount + 1))
    return row
  }

  /// Adds a user to `row`.
  @inline(__always)
  mutating func add(userTo row: Int) { cells[row * (periodCount + 1)] += 1 }

  /// Adds a user of `row` to `period`.
  @inline(__always)
  mutating func add(to row: Int, period: Int) { cells[row * (periodCount + 1) + 1 + period] += 1 }

  /// Adds the users of `other`.
  /// - Throws: `AnalyticsError.invalid` when the cells become too many.
  mutating func add(_ other: CohortTally) throws(AnalyticsError) {
    let width = periodCount + 1
    for (row, key) in other.keys.enumerated() {
      let target = self.row(of: key) * width
      for cell in 0..<width { cells[target + cell] += other.cells[row * width + cell] }
    }
    try checkSize()
  }

  /// Makes sure that the rows are not too many to be held and read.
  func checkSize() throws(AnalyticsError) {
    try CohortFrame.check(cohorts: keys.count, periods: max(1, periodCount))
  }
}
