-- Who deleted a meeting is looked up in the trail, which is long.
CREATE INDEX audit_of_deletions ON audit (meeting, id) WHERE verb = 'delete_meeting';
