// A trend as the SELECT that it stands for.

import EvtCore
import Query

extension TrendQuery {
  /// The SELECT that this trend stands for, in ClickHouse's dialect. Buckets in which nothing
  /// happened have no row there, and every group of a breakdown has its own.
  /// - Throws: `AnalyticsError` for what no SELECT says, `QueryError`, or the error of the source.
  public func sql(on source: some QuerySource) throws -> (text: String, warnings: [String]) {
    guard !isCumulative else {
      throw AnalyticsError.invalid(
        "--cumulative cannot be said in one SELECT: leave it out for --sql")
    }
    let query = aggregateQuery
    let function =
      switch try resolvedInterval(for: source) {
      case .minute: "toStartOfMinute"
      case .quarterHour: "toStartOfFifteenMinutes"
      case .hour: "toStartOfHour"
      case .day, .auto: "toStartOfDay"
      case .week: weekStart == .monday ? "toMonday" : "toStartOfWeek"
      case .month: "toStartOfMonth"
      }
    var arguments = ["timestamp"]
    if zone != .utc {
      // Its second argument is the mode.
      if function == "toStartOfWeek" { arguments.append("0") }
      arguments.append(SQLWriter.literal(zone.name))
    }
    return try query.sql(
      on: source, time: "\(function)(\(arguments.joined(separator: ", ")))")
  }
}
