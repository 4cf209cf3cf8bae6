import Foundation

/// An error that says the same wherever it is shown: `localizedDescription`, which interfaces of Foundation and SwiftUI
/// show, is its description.
///
/// Every public error of this package is one.
package protocol DescribedError: LocalizedError, CustomStringConvertible {}

// Foundation's own defaults are seen only where Foundation is imported.
extension DescribedError {
  public var errorDescription: String? { description }
  public var failureReason: String? { nil }
  public var recoverySuggestion: String? { nil }
  public var helpAnchor: String? { nil }
}
