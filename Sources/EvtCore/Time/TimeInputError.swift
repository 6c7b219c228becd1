// What is wrong with a time, a range or a length of time that somebody typed.

/// A time on the command line that cannot be understood.
public struct TimeInputError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// Creates the error with a whole message.
  public init(_ description: String) { self.description = description }
}
