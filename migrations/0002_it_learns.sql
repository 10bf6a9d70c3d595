CREATE TABLE "learning_posts" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"channel" text NOT NULL,
	"ts" text,
	"payload" jsonb NOT NULL,
	"attempts" integer NOT NULL,
	"next_at" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone,
	"done_at" timestamp with time zone,
	"problem" text,
	CONSTRAINT "learning_posts_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "nights" (
	"id" text PRIMARY KEY NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone,
	"lease_id" text,
	"attempts" integer NOT NULL,
	"done" jsonb NOT NULL,
	"report" jsonb,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"problem" text
);
--> statement-breakpoint
CREATE TABLE "runbook_notes" (
	"id" text PRIMARY KEY NOT NULL,
	"version" integer NOT NULL,
	"environment" text NOT NULL,
	"project" text NOT NULL,
	"family" text NOT NULL,
	"target" text,
	"text" text NOT NULL,
	"author_subject" text NOT NULL,
	"author_name" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"edited_at" timestamp with time zone,
	"edited_by_name" text,
	"pinned_at" timestamp with time zone,
	"retired_at" timestamp with time zone,
	"retired_by_name" text,
	"request_id" text,
	"denials" integer NOT NULL,
	"denied_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "suggestions" (
	"id" text PRIMARY KEY NOT NULL,
	"family" text NOT NULL,
	"kind" text NOT NULL,
	"environment" text NOT NULL,
	"project" text NOT NULL,
	"state" text NOT NULL,
	"version" integer NOT NULL,
	"body" jsonb NOT NULL,
	"words" jsonb,
	"saves_per_week" double precision NOT NULL,
	"approvals" integer NOT NULL,
	"night" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"accepted_by" jsonb NOT NULL,
	"answered_at" timestamp with time zone,
	"answered_by_name" text,
	"reason" text,
	"narrowed_from" text
);
--> statement-breakpoint
DROP INDEX "requests_same";--> statement-breakpoint
DROP INDEX "requests_family";--> statement-breakpoint
DROP INDEX "requests_success";--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "spot_check" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "shadow_rules" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "model_words" jsonb;--> statement-breakpoint
ALTER TABLE "rules" ADD COLUMN "shadow_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "rules" ADD COLUMN "shadow_hits" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rules" ADD COLUMN "suspended_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "rules" ADD COLUMN "suspended_why" text;--> statement-breakpoint
ALTER TABLE "rules" ADD COLUMN "prune_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "rules" ADD COLUMN "kept_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "rules" ADD COLUMN "suggestion_id" text;--> statement-breakpoint
ALTER TABLE "rules" ADD COLUMN "revoked_for" text;--> statement-breakpoint
CREATE INDEX "learning_posts_due" ON "learning_posts" USING btree ("next_at") WHERE "learning_posts"."done_at" is null;--> statement-breakpoint
CREATE INDEX "runbook_family" ON "runbook_notes" USING btree ("environment","family") WHERE "runbook_notes"."retired_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "runbook_request" ON "runbook_notes" USING btree ("request_id","family") WHERE "runbook_notes"."request_id" is not null;--> statement-breakpoint
CREATE INDEX "suggestions_open" ON "suggestions" USING btree ("saves_per_week") WHERE "suggestions"."state" in ('open', 'half');--> statement-breakpoint
CREATE INDEX "suggestions_family" ON "suggestions" USING btree ("family");--> statement-breakpoint
CREATE INDEX "requests_same_waiting" ON "requests" USING btree ("same_key") WHERE "requests"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "requests_same_success" ON "requests" USING btree ("same_key","outcome_at") WHERE "requests"."exit_code" = 0;--> statement-breakpoint
CREATE INDEX "requests_denied" ON "requests" USING btree ("environment","decided_at") WHERE "requests"."state" = 'denied';--> statement-breakpoint
CREATE INDEX "requests_by_people" ON "requests" USING btree ("environment","family","created_at") WHERE ("requests"."decision"->>'by') = 'people';--> statement-breakpoint
CREATE INDEX "votes_subject" ON "votes" USING btree ("subject","id");--> statement-breakpoint
CREATE INDEX "requests_family" ON "requests" USING btree ("environment","family","state","created_at");--> statement-breakpoint
CREATE INDEX "requests_success" ON "requests" USING btree ("project","environment",("context"->>'repository'),"outcome_at") WHERE "requests"."exit_code" = 0;