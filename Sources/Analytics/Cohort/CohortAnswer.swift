// From counted users to shares and means.

/// Makes tables of the rows of a tally.
struct CohortAnswer {
  var frame: CohortFrame
  var mode: CohortMode
  var mean: CohortMean
  var reference: CohortReference

  /// The table of some `rows` of `tally`, which are of different cohorts or are added up.
  func table(_ tally: CohortTally, rows: some Sequence<Int>) -> CohortTable {
    var rowsByCohort: [Int: [Int]] = [:]
    for row in rows { rowsByCohort[tally.keys[row].cohort, default: []].append(row) }
    let found = rowsByCohort.sorted { $0.key < $1.key }.map { cohort, rows in
      row(cohort, tally, rows)
    }
    return CohortTable(rows: found, means: (0..<frame.periodCount).map { mean(of: found, $0) })
  }

  private func row(_ cohort: Int, _ tally: CohortTally, _ rows: [Int]) -> CohortRow {
    let size = rows.reduce(0) { $0 + tally.size($1) }
    var counts = (0..<frame.countedPeriods).map { period in
      rows.reduce(0) { $0 + tally.count($1, period: period) }
    }
    // Those last seen later were retained before, too.
    if mode == .after {
      for period in counts.indices.dropLast().reversed() { counts[period] += counts[period + 1] }
    }
    var row = CohortRow(start: frame.buckets[cohort].lowerBound, size: size, cells: [])
    for period in 0..<frame.periodCount {
      let state = frame.state(cohort: cohort, period: period)
      guard state == .complete else {
        row.cells.append(CohortCell(state: state))
        continue
      }
      let count = period < counts.count ? counts[period] : 0
      row.cells.append(CohortCell(state: state, retained: count))
      row.cells[period].rate = base(of: row, period).flatMap { Self.percent(count, of: $0) }
    }
    return row
  }

  /// The users of whom those of `period` are a share.
  private func base(of row: CohortRow, _ period: Int) -> Int? {
    reference == .first || period == 0 ? row.size : row.cells[period - 1].retained
  }

  private func mean(of rows: [CohortRow], _ period: Int) -> Double? {
    switch mean {
    case .simple:
      let rates = rows.compactMap { $0.cells[period].rate }
      return rates.isEmpty ? nil : rates.reduce(0, +) / Double(rates.count)
    case .weighted:
      var (part, whole) = (0, 0)
      for row in rows {
        guard let count = row.cells[period].retained, let base = base(of: row, period) else {
          continue
        }
        part += count
        whole += base
      }
      return Self.percent(part, of: whole)
    }
  }

  /// 100 · `part` / `whole`; nil when there is nothing to take a part of.
  private static func percent(_ part: Int, of whole: Int) -> Double? {
    whole == 0 ? nil : 100 * Double(part) / Double(whole)
  }
}
