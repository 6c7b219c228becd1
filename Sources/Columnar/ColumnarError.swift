// What can be wrong with stored bytes.

/// Damage found while reading a segment. Every reader reports it; none traps or guesses.
public struct SegmentDamage: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, as a clause: "block 3 of properties.price fails its checksum".
  public var what: String
  /// Where in the file, if known.
  public var offset: UInt64?

  public init(_ what: String, offset: UInt64? = nil) {
    self.what = what
    self.offset = offset
  }

  public var description: String { offset.map { "\(what) (at byte \($0))" } ?? what }
}
