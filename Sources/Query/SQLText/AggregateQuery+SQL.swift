// Figures by group as the SELECT that they stand for.

import EvtCore

extension AggregateQuery {
  /// The SELECT that this query stands for, in ClickHouse's dialect; `time` is the expression of
  /// its stretches of time, if it has any.
  /// - Throws: `QueryError`, as asking it does.
  public func sql(
    on source: some QuerySource, time: String? = nil
  ) throws(QueryError) -> (text: String, warnings: [String]) {
    var writer = SQLWriter(source, now: now, allowsMissing: allowsMissing)
    try writer.check(self)
    var statement = SQLStatement()
    statement.columns = time.map { ["\($0) AS time"] } ?? []
    for key in keys { statement.columns.append(try writer.key(key)) }
    statement.keyCount = statement.columns.count
    for aggregate in aggregates { statement.columns.append(try writer.aggregate(aggregate)) }
    statement.conditions = [SQLWriter.condition(events: events)].compactMap { $0 }
    if let condition { statement.conditions.append(try writer.condition(condition)) }
    statement.conditions += SQLWriter.conditions(range)
    if statement.keyCount > 0 {
      let places = (1...statement.keyCount).map(String.init)
      let isInTime = time != nil || top == nil && ["day", "hour"].contains(keys.first)
      statement.order = (isInTime ? [] : ["\(statement.keyCount + 1) DESC"]) + places
    }
    statement.limit = top
    return (statement.text, writer.warnings)
  }
}
