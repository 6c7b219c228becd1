// Stand-in until the query layer is merged.
public enum ResultValue: Hashable, Sendable { case null, bool(Bool), int(Int64), double(Double), decimal(String), text(String), json(String), time(Int64) }
