// Stand-in until the query layer is merged.
public enum ResultValue: Hashable, Sendable { case null, bool(Bool), int(Int64), double(Double), decimal(String), text(String), json(String), time(Int64) }
public struct TimeRange: Hashable, Sendable {
  public var since: Int64?
  public var until: Int64?
  public static let all = TimeRange()
  public init(since: Int64? = nil, until: Int64? = nil) {
    self.since = since
    self.until = until
  }
  public func contains(_ instant: Int64) -> Bool {
    instant >= (since ?? .min) && (until == nil || instant < (until ?? .max))
  }
  public func overlaps(least: Int64, greatest: Int64) -> Bool {
    greatest >= (since ?? .min) && (until.map { least < $0 } ?? true)
  }
  public func covers(least: Int64, greatest: Int64) -> Bool {
    contains(least) && contains(greatest)
  }
}
