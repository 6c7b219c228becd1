// Quantiles of any kind over values one by one.

import EvtCore

/// One or several quantiles of the numbers or times of a group.
struct QuantileAccumulator: Accumulator {
  enum Method: Hashable, Sendable {
    case quantile(Quantile.Method)
    /// Of an even number the lower, or the higher, of the two in the middle.
    case low, high
    /// By the weights that the second argument gives.
    case weighted
  }

  private let method: Method
  private let levels: [Double]
  /// Whether the result is an array.
  private let isPlural: Bool
  private var samples: [Sample] = []
  private var weights: [Int64] = []
  private var type = FieldType.plain

  init(_ method: Method, _ levels: [Double], isPlural: Bool) {
    self.method = method
    self.levels = levels
    self.isPlural = isPlural
  }

  mutating func add(_ arguments: [Value]) {
    guard let sample = sample(arguments[0]) else { return }
    if method == .weighted {
      guard case .int(let weight) = arguments[1], weight > 0 else { return }
      weights.append(weight)
    }
    samples.append(sample)
  }

  private mutating func sample(_ value: Value) -> Sample? {
    switch value {
    case .int(let number): return Sample(group: 0, isInt: true, bits: number)
    case .bool(let truth): return Sample(group: 0, isInt: true, bits: truth ? 1 : 0)
    case .time(let time):
      type = .instant
      return Sample(group: 0, isInt: true, bits: time)
    case .date(let day):
      if type == .plain { type = .date }
      return Sample(group: 0, isInt: true, bits: UTCDay(number: day).start)
    case .double, .decimal:
      guard let number = Arithmetic.double(value) else { return nil }
      return Sample(group: 0, isInt: false, bits: Int64(bitPattern: number.bitPattern))
    case .null, .text, .json, .array, .tuple: return nil
    }
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? QuantileAccumulator else { return }
    samples += other.samples
    weights += other.weights
    if type != .instant, other.type != .plain { type = other.type }
  }

  var value: Value {
    let values = levels.map { value(at: $0) }
    return isPlural ? .array(values) : values[0]
  }

  private func value(at level: Double) -> Value {
    if samples.isEmpty { return .null }
    switch method {
    case .quantile(let method):
      return Quantile(method: method, level: level).value(of: samples, type)
    case .low, .high: return middle(level)
    case .weighted: return weighted(level)
    }
  }

  private var ascending: [Sample] { samples.sorted { $0.precedes($1) } }

  private func middle(_ level: Double) -> Value {
    let count = samples.count
    var place = level < 1 ? Int(level * Double(count)) : count - 1
    if level == 0.5, method == .low, count.isMultiple(of: 2) { place -= 1 }
    return ascending[max(0, min(place, count - 1))].value(type)
  }

  private func weighted(_ level: Double) -> Value {
    let order = samples.indices.sorted { samples[$0].precedes(samples[$1]) }
    let total = weights.reduce(0.0) { $0 + Double($1) }
    let threshold = (total * level).rounded(.up)
    var sum = 0.0
    for index in order {
      sum += Double(weights[index])
      if sum >= threshold { return samples[index].value(type) }
    }
    return order.last.map { samples[$0].value(type) } ?? .null
  }

  var heldBytes: Int { samples.count * 24 + weights.count * 8 }
}
