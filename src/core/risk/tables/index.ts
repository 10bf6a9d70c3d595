import type { Row } from '../row.ts';
import { AWS, AWS_MODIFIERS } from './aws.ts';
import { CLOUD, CLOUD_MODIFIERS } from './cloud.ts';
import { DATA, DATA_MODIFIERS, MIGRATIONS } from './data.ts';
import { DOCKER, DOCKER_MODIFIERS } from './docker.ts';
import { FILES } from './files.ts';
import { GIT, GIT_MODIFIERS } from './git.ts';
import { KUBERNETES, KUBERNETES_MODIFIERS } from './kubernetes.ts';
import { NETWORK, NETWORK_MODIFIERS, PLATFORM } from './network.ts';
import { PACKAGES } from './packages.ts';
import { SYSTEM } from './system.ts';
import { TERRAFORM, TERRAFORM_MODIFIERS } from './terraform.ts';

/** What a program does, in order: the first row that holds is the base. */
export const BASE_ROWS: readonly Row[] = [
  ...KUBERNETES,
  ...DOCKER,
  ...GIT,
  ...TERRAFORM,
  ...AWS,
  ...CLOUD,
  ...DATA,
  ...MIGRATIONS,
  ...PACKAGES,
  ...SYSTEM,
  ...NETWORK,
  ...PLATFORM,
  ...FILES,
];

/** What makes it worse or better: every row that holds is added. */
export const MODIFIER_ROWS: readonly Row[] = [
  ...KUBERNETES_MODIFIERS,
  ...DOCKER_MODIFIERS,
  ...GIT_MODIFIERS,
  ...TERRAFORM_MODIFIERS,
  ...AWS_MODIFIERS,
  ...CLOUD_MODIFIERS,
  ...DATA_MODIFIERS,
  ...NETWORK_MODIFIERS,
];
