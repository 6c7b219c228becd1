// Which events are meant, as it was typed: a step of a funnel, an expectation, the event of a rule.

/// A choice of events: an event that meets any of the alternatives matches the step.
public struct EventStep: Hashable, Sendable {
  /// One way to match the step.
  public struct Alternative: Hashable, Sendable {
    /// The event's name; nil for any event.
    public var event: String?
    /// The condition on the event, if any.
    public var condition: Condition?

    /// Creates an alternative.
    public init(event: String?, condition: Condition? = nil) {
      self.event = event
      self.condition = condition
    }
  }

  /// An expression in brackets and where it stands.
  public struct Condition: Hashable, Sendable {
    public var text: String
    /// The UTF-8 offset of `text` in the whole argument.
    public var offset: Int

    /// Creates a condition.
    public init(text: String, offset: Int) {
      self.text = text
      self.offset = offset
    }
  }

  /// The step as typed, without surrounding space; its name in results.
  public var name: String
  public var alternatives: [Alternative]

  /// Creates a step.
  public init(name: String, alternatives: [Alternative]) {
    self.name = name
    self.alternatives = alternatives
  }
}
