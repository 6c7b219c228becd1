// One step of a funnel, as it was typed.

/// A step of a funnel: an event that meets any of its alternatives matches it.
public struct FunnelStep: Hashable, Sendable {
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

  /// The step as typed, without surrounding space; the name of the step in results.
  public var name: String
  public var alternatives: [Alternative]

  /// Creates a step.
  public init(name: String, alternatives: [Alternative]) {
    self.name = name
    self.alternatives = alternatives
  }
}
