// A cohort question as the SELECT that it stands for.

import EvtCore
import Query

extension CohortQuery {
  /// Each period is a column, and nobody reads more.
  private static let sqlPeriodsMax = 1_000

  /// The SELECT that has a row for each cohort: its size, and the users of each period. In periods
  /// that are not over it has the users so far.
  /// - Throws: `AnalyticsError` for what no SELECT says, or `QueryError`.
  public func sql(on source: some QuerySource) throws -> (text: String, warnings: [String]) {
    try check()
    guard breakdown == nil else {
      throw AnalyticsError.invalid(
        "--by cannot be said in one SELECT, where several first events of one instant have no"
          + " order: leave it out for --sql")
    }
    let count = windows.isEmpty ? periods : windows.count
    guard count <= Self.sqlPeriodsMax else {
      throw AnalyticsError.invalid(
        "\(count) periods are \(count) columns for --sql, which has at most"
          + " \(Self.sqlPeriodsMax): take fewer --periods")
    }
    var writer = SQLWriter(source, now: now, allowsMissing: allowsMissing)
    var users = SQLStatement()
    let starts = try condition(start, &writer)
    let returns = try condition(comeback, &writer)
    let times = returns.map { "groupArrayIf(timestamp, \($0))" } ?? "groupArray(timestamp)"
    users.columns = [
      "user_id", starts.map { "minIf(timestamp, \($0)) AS start" } ?? "min(timestamp) AS start",
      "arrayMap(t -> \(sqlPeriod), arrayFilter(t -> t >= start, \(times))) AS \(sqlPeriodsName)",
    ]
    users.conditions = ["user_id != ''"]
    if let filter { users.conditions.append(try writer.condition(filter)) }
    users.conditions += SQLWriter.conditions(TimeRange(until: range.until))
    users.keyCount = 1
    users.groupConditions =
      (starts.map { ["countIf(\($0)) > 0"] } ?? [])
      + SQLWriter.conditions(TimeRange(since: range.since), of: "start")
    var statement = SQLStatement()
    statement.columns = ["\(sqlCohort) AS cohort", "count() AS size"]
    statement.columns += (0..<count).map { "countIf(\(sqlTest($0))) AS retained_\($0)" }
    statement.from = "(\n  " + users.text.replacing("\n", with: "\n  ") + "\n)"
    statement.keyCount = 1
    statement.order = ["1"]
    return (statement.text, writer.warnings)
  }

  /// The condition of a step; nil when every event meets it.
  private func condition(
    _ step: Step, _ writer: inout SQLWriter
  ) throws(QueryError) -> String? {
    try writer.checkEvents(step.step.alternatives.compactMap(\.event))
    let text = try writer.condition(step.step, of: step.text)
    return text == "1" ? nil : text
  }

  private var sqlZone: String { zone == .utc ? "" : ", \(SQLWriter.literal(zone.name))" }

  /// The bucket of the start.
  private var sqlCohort: String {
    switch interval {
    case .hour: "toStartOfHour(start\(sqlZone))"
    case .day: "toDate(start\(sqlZone))"
    case .week where weekStart == .monday: "toMonday(start\(sqlZone))"
    // Its second argument is the mode.
    case .week: "toStartOfWeek(start\(zone == .utc ? "" : ", 0" + sqlZone))"
    case .month: "toStartOfMonth(start\(sqlZone))"
    }
  }

  /// What the list of a user's returns has, by which `sqlTest` tells periods.
  private var sqlPeriodsName: String {
    if case .windows = periodKind { return "elapsed" }
    return "periods"
  }

  /// The period of the return `t`, or with windows the nanoseconds since the start.
  private var sqlPeriod: String {
    let elapsed = "toUnixTimestamp64Nano(t) - toUnixTimestamp64Nano(start)"
    switch periodKind {
    case .windows: return elapsed
    case .elapsed(let length): return "intDiv(\(elapsed), \(length))"
    case .buckets where interval == .week && weekStart == .sunday:
      let weeks = ["start", "t"].map { "toStartOfWeek(\($0), 0\(sqlZone))" }
      return "intDiv(dateDiff('day', \(weeks.joined(separator: ", "))), 7)"
    case .buckets: return "dateDiff('\(interval.rawValue)', start, t\(sqlZone))"
    }
  }

  /// Whether a user was retained in `period`.
  private func sqlTest(_ period: Int) -> String {
    if case .windows(let windows) = periodKind {
      let window = windows[period]
      return "arrayExists(e -> e >= \(window.from) AND e < \(window.to), elapsed)"
    }
    return mode == .on ? "has(periods, \(period))" : "arrayExists(p -> p >= \(period), periods)"
  }
}
