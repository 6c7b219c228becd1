// Which aggregate an accumulator computes.

import EvtCore

/// Makes the state of an aggregate.
struct AccumulatorFunction: Hashable, Sendable {
  indirect enum Kind: Hashable, Sendable {
    case count, sum, average, minimum, maximum
    case any(isLast: Bool)
    case argument(isMax: Bool)
    case bits(BitAccumulator.Operation)
    case array(ArrayAccumulator.Keeping, limit: Int?)
    case sorted(limit: Int)
    case frequent(limit: Int, isWeighted: Bool)
    case unique
    case quantiles(QuantileAccumulator.Method, [Double], isPlural: Bool)
    case moments(MomentAccumulator.Figure)
    case retention(conditions: Int)
    case funnel(window: Int64, FunnelAccumulator.Modes, conditions: Int)
    case sequence(SequencePattern, counts: Bool)
    case map(MapAccumulator.Figure, width: Int)
    case distinct(Kind)
    case empty(Kind, ofNothing: Value)
    case items(Kind)
  }

  var kind: Kind

  /// The state before any row.
  func make() -> any Accumulator { Self.make(kind) }

  private static func make(_ kind: Kind) -> any Accumulator {
    switch kind {
    case .count: SumAccumulator(.count)
    case .sum: SumAccumulator(.sum)
    case .average: SumAccumulator(.average)
    case .minimum: ExtremeAccumulator(isMax: false)
    case .maximum: ExtremeAccumulator(isMax: true)
    case .any(let isLast): AnyAccumulator(isLast: isLast)
    case .argument(let isMax): ArgumentAccumulator(isMax: isMax)
    case .bits(let operation): BitAccumulator(operation)
    case .array(let keeping, let limit): ArrayAccumulator(keeping, limit: limit)
    case .sorted(let limit): SortedAccumulator(limit: limit)
    case .frequent(let limit, let isWeighted):
      FrequentAccumulator(limit: limit, isWeighted: isWeighted)
    case .unique: UniqueAccumulator()
    case .quantiles(let method, let levels, let isPlural):
      QuantileAccumulator(method, levels, isPlural: isPlural)
    case .moments(let figure): MomentAccumulator(figure)
    case .retention(let conditions): RetentionAccumulator(conditions: conditions)
    case .funnel(let window, let modes, let conditions):
      FunnelAccumulator(window: window, modes, conditions: conditions)
    case .sequence(let pattern, let counts): SequenceAccumulator(pattern, counts: counts)
    case .map(let figure, let width): MapAccumulator(figure, width: width)
    case .distinct(let inner): DistinctAccumulator(make(inner))
    case .empty(let inner, let ofNothing): EmptyAccumulator(make(inner), ofNothing: ofNothing)
    case .items(let inner): ItemsAccumulator(make(inner))
    }
  }
}
