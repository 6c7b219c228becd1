// What the rules for hidden fields met in the events, and what is to be said of it.

/// What rules met.
struct RuleTally: Sendable {
  /// Values hidden by rule.
  var hidden: [Int]
  /// Values taken out by rule because what was asked for was not possible: texts that are no IP
  /// address, broken JSON where a field was to be looked for.
  var unfit: [Int]

  init(rules count: Int) {
    hidden = [Int](repeating: 0, count: count)
    unfit = hidden
  }

  /// Adds what other events met.
  mutating func add(_ other: RuleTally) {
    if hidden.count < other.hidden.count { self = RuleTally(rules: other.hidden.count) }
    for index in other.hidden.indices {
      hidden[index] += other.hidden[index]
      unfit[index] += other.unfit[index]
    }
  }
  /// What the user must know of fields that were to be hidden: a name that never occurs may be a
  /// misspelt one, and then something has reached the disk that should not.
  func warnings(_ rules: [FieldTransforms.Rule], events: Int) -> [String] {
    guard events > 0 else { return [] }
    var warnings: [String] = []
    for (index, rule) in rules.enumerated() {
      if unfit[index] > 0 {
        let what = rule.action == .truncateIP ? "no IP address" : "broken JSON"
        warnings.append(
          "\(rule.description): values taken out that are \(what): \(unfit[index])")
      } else if hidden[index] == 0 {
        warnings.append(
          "\(rule.description): no event has this field; paths are whole, as in properties.email")
      }
    }
    return warnings
  }
}
