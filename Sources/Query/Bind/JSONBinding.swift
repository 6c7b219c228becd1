// JSONExtract… on stored paths: they read the column of the path.

extension ExpressionBinding {
  /// Binds `JSONExtractString(properties, 'a', 'b')`: the value of the path `properties.a.b`.
  mutating func extract(
    _ function: ScalarFunction, _ call: CallSyntax
  ) throws(QueryError) -> BoundPart {
    guard call.arguments.count >= 2, case .name(let parts) = call.arguments[0].kind else {
      throw source.problem(
        call.nameSpan, "\(call.name) takes the name of an object and a key in it",
        hint: "write \(call.name)(properties, 'category')")
    }
    let object = parts.map(\.text)
    var path = select?.withoutTable(object) ?? object
    for key in call.arguments.dropFirst() {
      guard case .text(let bytes) = key.kind, let text = String(validating: bytes, as: UTF8.self)
      else { throw source.problem(key.span, "a key must be a text in quotes") }
      path.append(text)
    }
    let place = source.excerpt(call.nameSpan.joined(call.end))
    guard let field = try binder.field(path, at: place) else {
      return BoundPart(function.apply([.null]))
    }
    return BoundPart(
      expression: .call(function, [part(of: field).expression]),
      families: function.result([field.families]), isNullable: false)
  }
}
