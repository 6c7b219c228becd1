// Events as the SELECT that prints them.

import EvtCore

extension RawQuery {
  /// The SELECT that this query stands for, in ClickHouse's dialect.
  /// - Throws: `QueryError`, as asking it does.
  public func sql(
    on source: some QuerySource
  ) throws(QueryError) -> (text: String, warnings: [String]) {
    var writer = SQLWriter(source, now: now, allowsMissing: allowsMissing)
    try writer.checkEvents(events)
    var statement = SQLStatement()
    if let fields {
      for field in fields { statement.columns.append(try writer.key(field)) }
    } else {
      statement.columns = ["*"]
    }
    statement.conditions = [SQLWriter.condition(events: events)].compactMap { $0 }
    if let condition { statement.conditions.append(try writer.condition(condition)) }
    statement.conditions += SQLWriter.conditions(range)
    statement.order = ["timestamp" + (newestFirst ? " DESC" : "")]
    statement.limit = limit
    return (statement.text, writer.warnings)
  }
}
