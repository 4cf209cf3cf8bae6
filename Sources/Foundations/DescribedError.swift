import Foundation

/// An error with a single description: `localizedDescription`, which Foundation and SwiftUI show, equals `description`.
///
/// All public errors of this package conform to it.
package protocol DescribedError: LocalizedError, CustomStringConvertible {}

// Foundation's default implementations are visible only where Foundation is imported.
extension DescribedError {
  public var errorDescription: String? { description }
  public var failureReason: String? { nil }
  public var recoverySuggestion: String? { nil }
  public var helpAnchor: String? { nil }
}
