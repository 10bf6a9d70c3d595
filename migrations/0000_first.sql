CREATE TABLE "cards" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"request_id" text NOT NULL,
	"batch_id" text,
	"channel" text NOT NULL,
	"ts" text,
	"permalink" text,
	"wanted_version" integer NOT NULL,
	"shown_version" integer NOT NULL,
	"attempts" integer NOT NULL,
	"next_at" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone,
	"problem" text,
	"settled" boolean NOT NULL,
	CONSTRAINT "cards_place" UNIQUE("channel","ts")
);
--> statement-breakpoint
CREATE TABLE "chain_head" (
	"id" text PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"hash" text
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"request_id" text NOT NULL,
	"kind" text NOT NULL,
	"payload" jsonb NOT NULL,
	"attempts" integer NOT NULL,
	"next_at" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone,
	"done_at" timestamp with time zone,
	"problem" text,
	CONSTRAINT "outbox_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "records" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"request_id" text,
	"type" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"envelope" jsonb NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "requests" (
	"id" text PRIMARY KEY NOT NULL,
	"version" integer NOT NULL,
	"token_id" text NOT NULL,
	"idempotency_key" text,
	"body_hash" text NOT NULL,
	"project" text NOT NULL,
	"environment" text NOT NULL,
	"state" text NOT NULL,
	"command" jsonb NOT NULL,
	"redacted" boolean NOT NULL,
	"cwd" text,
	"program" jsonb,
	"digest_salt" text NOT NULL,
	"digest" text NOT NULL,
	"reason" text,
	"requester" jsonb NOT NULL,
	"context" jsonb NOT NULL,
	"assessment" jsonb NOT NULL,
	"approvals_needed" integer NOT NULL,
	"reviewers" jsonb,
	"when_unanswered" text NOT NULL,
	"rules" jsonb NOT NULL,
	"explanation" jsonb NOT NULL,
	"family" text NOT NULL,
	"same_key" text NOT NULL,
	"leader_id" text,
	"batch_id" text,
	"concurrency_key" text,
	"superseded_by" text,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"heartbeat_seconds" integer,
	"heartbeat_until" timestamp with time zone,
	"decided_at" timestamp with time zone,
	"decision" jsonb,
	"grant_envelope" jsonb,
	"use_by" timestamp with time zone,
	"started_at" timestamp with time zone,
	"started_by" text,
	"lapsed_at" timestamp with time zone,
	"outcome_at" timestamp with time zone,
	"exit_code" integer,
	"exit_signal" text,
	"duration_ms" bigint
);
--> statement-breakpoint
CREATE TABLE "rules" (
	"id" text PRIMARY KEY NOT NULL,
	"text" text NOT NULL,
	"environment" text NOT NULL,
	"project" text NOT NULL,
	"repository" text,
	"requester" text,
	"cwd" text,
	"family" text,
	"source" text NOT NULL,
	"when_unanswered" text,
	"allows_critical" boolean NOT NULL,
	"match" jsonb NOT NULL,
	"not_match" jsonb NOT NULL,
	"origin_request_id" text,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" text NOT NULL,
	"created_by_name" text NOT NULL,
	"confirmed_at" timestamp with time zone,
	"confirmed_by" text,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"revoked_by" text,
	"hits" bigint NOT NULL,
	"last_matched_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "rules_version" (
	"id" text PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"public_key" text NOT NULL,
	"added_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "timers" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"request_id" text NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"attempts" integer NOT NULL,
	"lease_until" timestamp with time zone,
	"done_at" timestamp with time zone,
	CONSTRAINT "timers_once" UNIQUE("kind","request_id")
);
--> statement-breakpoint
CREATE TABLE "tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"role" text NOT NULL,
	"kind" text NOT NULL,
	"project" text NOT NULL,
	"environments" jsonb,
	"owner" text,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" text NOT NULL,
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "tokens_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "votes" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"request_id" text NOT NULL,
	"subject" text NOT NULL,
	"name" text NOT NULL,
	"verdict" text NOT NULL,
	"reason" text,
	"method" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "votes_once" UNIQUE("request_id","subject","verdict")
);
--> statement-breakpoint
CREATE INDEX "cards_request" ON "cards" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "cards_batch" ON "cards" USING btree ("batch_id") WHERE "cards"."batch_id" is not null;--> statement-breakpoint
CREATE INDEX "cards_due" ON "cards" USING btree ("next_at") WHERE "cards"."wanted_version" > "cards"."shown_version";--> statement-breakpoint
CREATE INDEX "outbox_due" ON "outbox" USING btree ("next_at") WHERE "outbox"."done_at" is null;--> statement-breakpoint
CREATE INDEX "records_request" ON "records" USING btree ("request_id");--> statement-breakpoint
CREATE UNIQUE INDEX "requests_idempotency" ON "requests" USING btree ("token_id","idempotency_key");--> statement-breakpoint
CREATE INDEX "requests_pending" ON "requests" USING btree ("created_at") WHERE "requests"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "requests_recent" ON "requests" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "requests_run" ON "requests" USING btree ("project",("context"->>'run_id'),"created_at");--> statement-breakpoint
CREATE INDEX "requests_family" ON "requests" USING btree ("environment","family","created_at");--> statement-breakpoint
CREATE INDEX "requests_same" ON "requests" USING btree ("same_key","created_at");--> statement-breakpoint
CREATE INDEX "requests_followers" ON "requests" USING btree ("leader_id") WHERE "requests"."leader_id" is not null;--> statement-breakpoint
CREATE INDEX "requests_batch" ON "requests" USING btree ("batch_id") WHERE "requests"."batch_id" is not null;--> statement-breakpoint
CREATE INDEX "requests_concurrency" ON "requests" USING btree ("concurrency_key") WHERE "requests"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "requests_superseded" ON "requests" USING btree ("superseded_by") WHERE "requests"."superseded_by" is not null;--> statement-breakpoint
CREATE INDEX "requests_token" ON "requests" USING btree ("token_id","environment","created_at");--> statement-breakpoint
CREATE INDEX "requests_success" ON "requests" USING btree ("project","environment","outcome_at") WHERE "requests"."exit_code" = 0;--> statement-breakpoint
CREATE INDEX "rules_in_force" ON "rules" USING btree ("created_at") WHERE "rules"."revoked_at" is null;--> statement-breakpoint
CREATE INDEX "timers_due" ON "timers" USING btree ("due_at") WHERE "timers"."done_at" is null;