// The file of rules and channels, strictly read: evt-rules(5).

import Analytics
import EvtCore
import Query

/// What a file of rules says.
struct AlertFile {
  let source: ConfigSource
  /// The rules that are enabled, and where each begins.
  private(set) var rules: [(rule: AlertRule, place: ConfigPlace)] = []
  private(set) var channels: [String: AlertChannel] = [
    AlertChannel.standardOutput.name: .standardOutput
  ]

  /// Reads `source`.
  /// - Throws: `ConfigError` with the place of the first mistake.
  init(_ source: ConfigSource) throws {
    self.source = source
    let root = try ConfigMap(try YAMLReader.read(source), source, noun: "the file")
    try root.requireKeys(["channels", "rules"])
    if let node = root.node("channels") {
      let members = try ConfigMap(node, source, noun: "channels").all
      for (name, place, value) in members {
        try ConfigMap.requireName(name, place, "channels", source)
        let reader = AlertChannelReader(source: source, name: name)
        channels[name] = try reader.read(value)
      }
    }
    let nodes = try root.list(try root.required("rules"), "rules")
    guard nodes.count <= Limits.rulesMax else {
      throw source.error(at: nodes[0].place, "there are more than \(Limits.rulesMax) rules")
    }
    var places: [String: ConfigPlace] = [:]
    for node in nodes {
      let reader = AlertRuleReader(source: source, channels: channels.keys.sorted())
      let (rule, place, isEnabled) = try reader.read(node)
      if let first = places[rule.id] {
        throw source.error(
          at: place, "duplicate id \"\(rule.id)\": the rule in line \(first.line) has it too")
      }
      places[rule.id] = place
      if isEnabled { rules.append((rule, place)) }
    }
  }

  /// The error for rule number `index`, whose condition makes no sense in the store.
  func error(_ error: AlertRuleError) -> ConfigError {
    let (rule, place) = rules[error.rule]
    var shown = source.error(at: place, "rule \"\(rule.id)\": \(error.error.description)")
    shown.excerpt = error.error.excerpt
    return shown
  }
}
