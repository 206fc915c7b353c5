-- Completion of the commands' arguments: the program completes its own command
-- line, so that flags and words are always those of the program that runs.
local M = {}

-- How long typing waits for the program, in milliseconds.
local PATIENCE = 2000

--- Runs the program and waits for it; "" when it cannot.
---@param args string[]
---@return string
local function output(args)
  local ok, job = pcall(vim.system, vim.list_extend({ require('dhi').program() }, args), { text = true })
  return ok and job:wait(PATIENCE).stdout or ''
end

--- A completion function for a user command that stands for a command of the
--- program.
---@param command string[]
---@param otherwise? string what getcompletion() completes where the program says nothing
function M.of(command, otherwise)
  return function(lead, line, position)
    local words = vim.split(vim.trim(line:sub(1, position)), '%s+')
    table.remove(words, 1) -- the user command
    if lead ~= '' then
      table.remove(words) -- what is being completed
    end
    local args = vim.list_extend({ '__complete' }, command)
    vim.list_extend(args, words)
    table.insert(args, lead)
    local found = {}
    for candidate in output(args):gmatch('[^\n]+') do
      local word = candidate:match('^[^\t]+')
      if word and not word:match('^:%d+$') and vim.startswith(word, lead) then
        table.insert(found, word)
      end
    end
    return #found == 0 and otherwise and vim.fn.getcompletion(lead, otherwise) or found
  end
end

--- Completes the ids of rules.
---@param lead string
---@return string[]
function M.rules(lead)
  local ok, list = pcall(vim.json.decode, output({ 'rules', '--format', 'json' }))
  local ids = vim.tbl_map(function(rule)
    return rule.id
  end, ok and list.rules or {})
  return vim.tbl_filter(function(id)
    return vim.startswith(id, lead)
  end, ids)
end

return M
