// One rule of an alert: what is counted, over how long, and when that is bad.

/// How much a rule matters to whoever is told.
public enum AlertSeverity: String, CaseIterable, Sendable {
  case info, warning, critical
}

/// The events that a rule counts: one step, and the text it was read from.
public struct AlertEvents: Hashable, Sendable {
  public let text: String
  public let step: EventStep

  /// Reads one step in the notation of funnels.
  /// - Throws: `AnalyticsError.steps` with the place, or `.unsupported` for an optional step.
  public init(parsing text: String) throws(AnalyticsError) {
    var parser = EventStepParser(text: text)
    step = try parser.step()
    guard parser.peek == nil else {
      throw parser.problem("one step is expected here; quote a name that holds a comma")
    }
    self.text = text
  }
}

/// A rule that is judged from the events of a window of time.
public struct AlertRule: Hashable, Sendable {
  /// When the rule holds, which is when something is wrong.
  public enum Condition: Hashable, Sendable {
    /// Fewer than `threshold` events.
    case volumeBelow(AlertEvents, threshold: Double)
    /// More than `threshold` events.
    case volumeAbove(AlertEvents, threshold: Double)
    /// 100 · numerator / denominator below `threshold` percent. With fewer than `minSamples` events
    /// in the denominator nothing can be said.
    case rateBelow(
      numerator: AlertEvents, denominator: AlertEvents, threshold: Double, minSamples: Int)
    /// No such event; nil for any event.
    case noData(AlertEvents?)
  }

  public var id: String
  /// What people call it.
  public var name: String
  public var condition: Condition
  /// Nanoseconds; at the instant t the window is [t - window, t).
  public var window: Int64
  /// How long the condition must hold before the rule fires, in nanoseconds.
  public var hold: Int64 = 0
  /// How long nobody is told again, in nanoseconds.
  public var cooldown: Int64 = 3_600_000_000_000
  public var severity = AlertSeverity.warning
  /// The names of those who are told.
  public var channels = ["stdout"]

  /// The longest `hold`: the condition is judged at each of its minutes.
  public static let holdMax: Int64 = 86_400_000_000_000

  /// Creates a rule that fires at once, at most every hour, to standard output.
  public init(id: String, name: String, condition: Condition, window: Int64) {
    self.id = id
    self.name = name
    self.condition = condition
    self.window = window
  }

  /// The events that are counted: the numerator before the denominator; nil for any event.
  public var events: [AlertEvents?] {
    switch condition {
    case .volumeBelow(let events, _), .volumeAbove(let events, _): [events]
    case .rateBelow(let numerator, let denominator, _, _): [numerator, denominator]
    case .noData(let events): [events]
    }
  }

  /// The limit that the value is compared with; nil where there is none.
  public var threshold: Double? {
    switch condition {
    case .volumeBelow(_, let threshold), .volumeAbove(_, let threshold),
      .rateBelow(_, _, let threshold, _):
      threshold
    case .noData: nil
    }
  }
}
