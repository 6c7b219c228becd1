// A step as a condition of SQL.

import Query

extension SQLWriter {
  /// The condition that `step`, which was read from `text`, stands for; 1 for any event.
  mutating func condition(_ step: EventStep, of text: String) throws(QueryError) -> String {
    var parts: [String] = []
    // Names without a condition stand in one list.
    let names = step.alternatives.filter { $0.condition == nil }.compactMap(\.event)
    if let text = SQLWriter.condition(events: names) { parts.append(text) }
    for alternative in step.alternatives {
      guard let condition = alternative.condition else {
        if alternative.event == nil { return "1" }
        continue
      }
      let text = try self.condition(
        Expression(parsing: condition.text, in: text, at: condition.offset))
      parts.append(
        alternative.event.map { "(event = \(SQLWriter.literal($0)) AND \(text))" } ?? text)
    }
    return parts.joined(separator: " OR ")
  }
}
