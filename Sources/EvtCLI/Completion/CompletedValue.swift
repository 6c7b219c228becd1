// What the values of options and arguments are.

import Ingest

/// How a value is completed.
enum CompletedValue {
  case files, directories
  case words([String])
  /// The steps of a funnel, or one step.
  case steps, step
  /// Names of events, separated by commas.
  case events
  /// Names of fields, separated by commas; also these words.
  case fields(and: [String])
  /// Aggregates, separated by commas.
  case aggregates
  case expression, sql
  /// The name of a time zone.
  case zone
  /// A topic of `evt help`, or a command.
  case topic

  /// What the values of options and arguments are, by their names or what the help calls the value.
  /// Those that are not here take one of the values that the help lists, or something that only the
  /// user can know.
  private static let all: [String: CompletedValue] = [
    "--store": .directories,
    "--output": .files,
    "--rejects": .files,
    "--replace": .files,
    "--rules": .files,
    "<path>": .files,
    "--preset": .words(Presets.all.map(\.name)),
    "<steps>": .steps,
    "--expect": .steps,
    "<step>": .step,
    "--event": .events,
    "<events>": .events,
    "--by": .fields(and: ["day", "hour"]),
    "--dedupe-key": .fields(and: []),
    "--columns": .fields(and: []),
    "--rollup-by": .fields(and: []),
    "--agg": .aggregates,
    "--where": .expression,
    "<sql>": .sql,
    "--tz": .zone,
    "<which>": .words(["reached:", "dropped:"]),
  ]

  /// What the argument `name` takes: `<steps>`.
  init?(argument name: String) {
    guard let value = Self.all[name] else { return nil }
    self = value
  }

  /// What `option` takes.
  init?(_ option: CommandSyntax.Option) {
    if !option.values.isEmpty {
      self = .words(option.values)
    } else if let value = (option.names + [option.value ?? ""]).lazy.compactMap({ Self.all[$0] })
      .first
    {
      self = value
    } else {
      return nil
    }
  }
}
