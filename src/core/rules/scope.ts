/** Where a rule holds (A2). `"*"` as environment or project is any; null is any of the rest. */
export interface Scope {
  environment: string;
  project: string;
  repository: string | null;
  /** The name of a token: what a client says of its actor proves nothing. */
  requester: string | null;
  cwd: string | null;
}

/** The place of a request, in the words a scope uses. */
export interface Place {
  environment: string;
  project: string;
  repository: string | null;
  requester: string;
  cwd: string | null;
}

/** Why a rule of this scope does not hold in this place; null when it does. */
export function outOfScope(scope: Scope, place: Place): string | null {
  if (scope.environment !== '*' && scope.environment !== place.environment)
    return `it is for ${scope.environment}`;
  if (scope.project !== '*' && scope.project !== place.project)
    return `it is for the project ${scope.project}`;
  if (scope.repository !== null && scope.repository !== place.repository)
    return `it is for ${scope.repository}`;
  if (scope.requester !== null && scope.requester !== place.requester) return `it is for ${scope.requester}`;
  if (scope.cwd !== null && scope.cwd !== place.cwd) return `it is for the directory ${scope.cwd}`;
  return null;
}
