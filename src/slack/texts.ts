import type { Environment, EnvironmentColor } from '../core/environment.ts';
import type { RiskLevel } from '../core/risk/assessment.ts';
import { said } from './blocks.ts';

export const SQUARE: Record<EnvironmentColor, string> = {
  red: '🟥',
  orange: '🟧',
  yellow: '🟨',
  green: '🟩',
  blue: '🟦',
  purple: '🟪',
};

export const RISK_MARK: Record<RiskLevel, string> = {
  LOW: '🟢',
  MEDIUM: '🟡',
  HIGH: '🟠',
  CRITICAL: '🔴',
};

/** The environment's name as surfaces show it. */
export const environmentName = (name: string, max = 60): string => said(name, max);

export const banner = (environment: Pick<Environment, 'name' | 'color'>): string =>
  `${SQUARE[environment.color]} ${environmentName(environment.name)}`;

export const FAULT = 'That did not work; nothing was decided. Try again.';
export const UNKNOWN_REQUEST = 'Gatehouse does not know this request any more. Ask for the command again.';
