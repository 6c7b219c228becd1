// Reads one rule of a file of rules.

import Analytics
import EvtCore
import Query

/// Makes a rule of what the file says.
struct AlertRuleReader {
  let source: ConfigSource
  /// The names of all channels.
  let channels: [String]

  private enum Kind: String, CaseIterable {
    case volumeBelow = "volume_below"
    case volumeAbove = "volume_above"
    case rateBelow = "rate_below"
    case noData = "no_data"

    /// The keys that only rules of this type have.
    var keys: [String] {
      switch self {
      case .volumeBelow, .volumeAbove: ["event", "threshold"]
      case .rateBelow: ["numerator", "denominator", "threshold", "min_samples"]
      case .noData: ["event"]
      }
    }
  }

  private static let standardMinSamples = 30
  private static let keysOfAll = [
    "id", "name", "type", "window", "for", "cooldown", "severity", "channels", "enabled",
  ]

  /// Reads `node`.
  /// - Returns: the rule, the place of its id, and whether it is enabled.
  /// - Throws: `ConfigError`.
  func read(
    _ node: ConfigNode
  ) throws(ConfigError) -> (rule: AlertRule, place: ConfigPlace, isEnabled: Bool) {
    let anonymous = try ConfigMap(node, source, noun: "a rule")
    let idNode = try anonymous.required("id")
    let id = try anonymous.name(idNode, "id")
    let map = try ConfigMap(node, source, noun: "rule \"\(id)\"")
    let kind: Kind = try map.choice(try map.required("type"), "type")
    try ConfigMap(node, source, noun: "a rule of type \(kind.rawValue)").requireKeys(
      Self.keysOfAll + kind.keys, elsewhere: Kind.allCases.flatMap(\.keys))
    var rule = AlertRule(
      id: id, name: id, condition: try condition(kind, map), window: try window(map))
    if let node = map.node("name") { rule.name = try map.text(node, "name") }
    if let node = map.node("for") {
      rule.hold = try map.span(node, "for")
      guard rule.hold <= AlertRule.holdMax else {
        throw source.error(at: node.place, "for must be at most 1d")
      }
    }
    if let node = map.node("cooldown") { rule.cooldown = try map.span(node, "cooldown") }
    if let node = map.node("severity") { rule.severity = try map.choice(node, "severity") }
    if let node = map.node("channels") { rule.channels = try channelNames(node, map) }
    var isEnabled = true
    if let node = map.node("enabled") { isEnabled = try map.flag(node, "enabled") }
    return (rule, idNode.place, isEnabled)
  }

  private func window(_ map: ConfigMap) throws(ConfigError) -> Int64 {
    let node = try map.required("window")
    let window = try map.span(node, "window")
    guard window > 0 else { throw source.error(at: node.place, "window must be more than 0") }
    return window
  }

  private func condition(
    _ kind: Kind, _ map: ConfigMap
  ) throws(ConfigError) -> AlertRule.Condition {
    switch kind {
    case .volumeBelow:
      return .volumeBelow(
        try events(try map.required("event"), "event", map),
        threshold: try threshold(map, isBelow: true))
    case .volumeAbove:
      return .volumeAbove(
        try events(try map.required("event"), "event", map),
        threshold: try threshold(map, isBelow: false))
    case .rateBelow:
      var minSamples = Self.standardMinSamples
      if let node = map.node("min_samples") {
        guard let number = Int(exactly: try map.number(node, "min_samples")), number > 0 else {
          throw source.error(at: node.place, "min_samples must be a whole number above 0")
        }
        minSamples = number
      }
      return .rateBelow(
        numerator: try events(try map.required("numerator"), "numerator", map),
        denominator: try events(try map.required("denominator"), "denominator", map),
        threshold: try threshold(map, isBelow: true), minSamples: minSamples)
    case .noData:
      let node = map.node("event")
      return .noData(try node.map { node throws(ConfigError) in try events(node, "event", map) })
    }
  }

  /// Nothing is below zero: such a rule would never fire.
  private func threshold(_ map: ConfigMap, isBelow: Bool) throws(ConfigError) -> Double {
    let node = try map.required("threshold")
    let threshold = try map.number(node, "threshold")
    guard isBelow ? threshold > 0 : threshold >= 0 else {
      throw source.error(
        at: node.place, "threshold must be \(isBelow ? "more than 0" : "0 or more")")
    }
    return threshold
  }

  private func events(
    _ node: ConfigNode, _ key: String, _ map: ConfigMap
  ) throws(ConfigError) -> AlertEvents {
    let text = try map.text(node, key)
    do {
      let events = try AlertEvents(parsing: text)
      for condition in events.step.alternatives.compactMap(\.condition) {
        _ = try Expression(parsing: condition.text, in: text, at: condition.offset)
      }
      return events
    } catch AnalyticsError.steps(_, let character, let problem) {
      throw source.error(
        at: node.place, "\(key): character \(character) of \"\(text)\": \(problem)")
    } catch let error as QueryError {
      throw source.error(at: node.place, "\(key): \"\(text)\", \(error.description)")
    } catch {
      throw source.error(at: node.place, "\(key): \(error)")
    }
  }

  private func channelNames(
    _ node: ConfigNode, _ map: ConfigMap
  ) throws(ConfigError) -> [String] {
    var names: [String] = []
    for element in try map.list(node, "channels") {
      let name = try map.text(element, "channels")
      guard channels.contains(name) else {
        throw source.error(
          at: element.place,
          "there is no channel \"\(name)\"" + NearestNames.question(name, among: channels),
          help: "the channels are \(channels.joined(separator: ", "))")
      }
      guard !names.contains(name) else {
        throw source.error(at: element.place, "the channel \"\(name)\" stands here twice")
      }
      names.append(name)
    }
    guard !names.isEmpty else {
      throw source.error(
        at: node.place, "channels is empty: nobody would be told",
        help: "leave it out for standard output")
    }
    return names
  }
}
