// A funnel as the SELECT that it stands for.

import EvtCore
import Query

extension FunnelQuery {
  /// ClickHouse's windowFunnel takes no more conditions.
  private static let sqlStepsMax = 32

  /// The SELECT that counts the users of each step, in ClickHouse's dialect.
  ///
  /// windowFunnel takes no DateTime64, so it gets whole numbers of the unit in which the window is
  /// whole: milliseconds, mostly. `strict_once` is evt's semantics: no event fills two steps.
  /// - Throws: `AnalyticsError` for what no SELECT says, or `QueryError`.
  public func sql(on source: some QuerySource) throws -> (text: String, warnings: [String]) {
    for (isAsked, option) in [(breakdown != nil, "--by"), (users != nil, "--users")] where isAsked {
      throw AnalyticsError.invalid(
        "\(option) cannot be said in one SELECT with windowFunnel: leave it out for --sql")
    }
    guard steps.count <= Self.sqlStepsMax else {
      throw AnalyticsError.invalid(
        "ClickHouse's windowFunnel takes \(Self.sqlStepsMax) steps, and this funnel has"
          + " \(steps.count)")
    }
    var writer = SQLWriter(source, now: now, allowsMissing: allowsMissing)
    try writer.checkEvents(steps.flatMap { $0.alternatives.compactMap(\.event) })
    var users = SQLStatement()
    let (length, unit) = sqlWindow
    var arguments = ["toUInt64(toUnixTimestamp64\(unit)(timestamp))"]
    for step in steps { arguments.append(try writer.condition(step, of: text)) }
    users.columns = [
      "user_id",
      "windowFunnel(\(length), 'strict_once')(\(arguments.joined(separator: ", "))) AS level",
    ]
    users.conditions = ["user_id != ''"]
    if let filter { users.conditions.append(try writer.condition(filter)) }
    users.conditions += SQLWriter.conditions(range)
    users.keyCount = 1
    var statement = SQLStatement()
    statement.columns = steps.indices.map { "countIf(level >= \($0 + 1)) AS step_\($0 + 1)" }
    statement.from =
      "(\n  " + users.text.replacing("\n", with: "\n  ") + "\n)"
    return (statement.text, writer.warnings)
  }

  /// The window in the coarsest unit of which it is a whole number.
  private var sqlWindow: (length: Int64, unit: String) {
    for (nanoseconds, unit) in [(1_000_000, "Milli"), (1_000, "Micro")] as [(Int64, String)]
    where window % nanoseconds == 0 {
      return (window / nanoseconds, unit)
    }
    return (window, "Nano")
  }
}
